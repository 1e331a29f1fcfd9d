/** Text as the cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('\n', ' ');
}

/** A line of a file, as it is, in a cell. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
