/** A configuration for a routing daemon. */
export interface Rendered {
  readonly text: string;
  /** What was asked for and this software cannot do, or does only when it is told otherwise: a sentence each. */
  readonly notes: readonly string[];
}

/** First line of everything that is rendered. */
export function headerOf(name: string, comment = '#'): string {
  return `${comment} BGP of ${name}, made by ipam-cli bgp render: what is changed here is lost when it is made anew.`;
}

/** `head {`, its lines two columns further in, and `}`; nothing for no lines. */
export function braced(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}

/** The same within another block, where BIRD wants a semicolon behind. */
export function inner(head: string, lines: readonly string[]): readonly string[] {
  return braced(head, lines).map((line) => (line === '}' ? '};' : line));
}
