/** A series that an expression names, and the labels that it wants of it. */
export interface Selector {
  readonly name: string;
  readonly labels: readonly string[];
}

const keywords = new Set([
  ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'offset', 'and', 'or', 'unless', 'Inf'],
]);

/** What an expression of PromQL, which promtool has read already, asks for. */
export function selectorsOf(expr: string): readonly Selector[] {
  const unquoted = expr.replaceAll(/"[^"]*"/g, '""');
  const bare = unquoted.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\b(by|without|on|ignoring) ?\([^)]*\)/g, '');
  return [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\(|[\w:])/g)].flatMap(
    ([, name = '', matchers = '']) =>
      keywords.has(name)
        ? []
        : [{ name, labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }],
  );
}

/** Labels that an expression groups by, of whatever it names. */
export function groupedBy(expr: string): readonly string[] {
  return [...expr.matchAll(/\b(?:by|on|ignoring|without) ?\(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  );
}
