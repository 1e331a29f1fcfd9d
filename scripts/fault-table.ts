import type { Mutation } from '../test/mutation/mutation.ts';
import type { FoundIn } from '../test/mutation/record.ts';

/** The page with the table of planted faults, between two comments. */
export const faultPage = 'docs/reliability.md';

const [begin, end] = ['<!-- planted faults: make generate -->\n', '<!-- end of planted faults -->'];

/** @throws Error when the page has no place for it */
export function withFaults(
  page: string,
  faults: readonly Mutation[],
  record: Readonly<Record<string, FoundIn>>,
): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no place for the table of planted faults: ${begin}`);
  const rows = faults.map((fault) => line(fault, record[fault.name]));
  const head = `${faults.length} faults:\n\n| fault | worlds with more of | world | operations in it | as |\n|---|---|---|---|---|\n`;
  return page.slice(0, from + begin.length) + head + rows.join('') + page.slice(to);
}

function line({ name, emphasis, claims }: Mutation, foundIn: FoundIn | undefined): string {
  const more = [emphasis && `\`${emphasis}\``, claims && `${claims} claims`].filter((one) => one !== undefined);
  const found = foundIn && [String(foundIn.world), foundIn.operations.toLocaleString('en'), foundIn.as];
  const [world, operations, as] = found ?? ['', '', 'on no record'];
  return `| ${[name, more.join(', '), world, operations, as].join(' | ')} |\n`;
}
