/** Signs and words of YAML itself. */
export const yamlTokens: readonly string[] = [
  ...['\n', '\n  ', '\n    ', ': ', '- ', '? ', '{', '}', '[', ']', ',', '#', '---\n', '...\n', '|\n', '>-\n', "'", '"', '\t'],
  ...['&a ', '*a', '*b', '<<: *a', '!!binary ', '!!set ', '!!omap ', '!!map', '!!str ', '!!int ', '!!float ', '!x '],
  ...['null', '~', 'true', 'yes', '.inf', '.nan', '-0', '0x10', '0o17', '1e400', '99999999999999999999', '1_000', '12:30'],
  ...['%YAML 1.1\n---\n', '%YAML 9.9\n---\n', '%TAG ! a\n---\n', '2001-01-01', '__proto__', '\ufeff', '\u2028', '\0', '\x7f'],
];
