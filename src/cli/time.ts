/** A time of gRPC, for people and for programs. @param ms milliseconds since 1970, digits */
export function timeText(ms: string): string {
  return new Date(Number(ms)).toISOString();
}

/** The same as data. @returns null: there is none */
export function timeData(ms: string): string | null {
  return ms === '0' ? null : timeText(ms);
}
