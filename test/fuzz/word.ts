/** A message without its values: what is quoted, and numbers. */
export function wordOf(message: string): string {
  return message
    .slice(0, 300)
    .replace(/"[^"]*"?/g, '"…"')
    .replace(/[0-9a-f.:/]*\d[0-9a-f.:/]*/gi, '0');
}
