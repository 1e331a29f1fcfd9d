import type { Repair__Output } from '../api/generated/ipam/Repair.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, type Output, showData } from './output.ts';
import type { Run, Session } from './run.ts';

export interface RepairOptions {
  readonly yes?: boolean;
  readonly reason: string;
}

/** `check --repair`: what can be done about what a daemon has found, and does it when told to. */
export async function repair(
  run: Run,
  { client, output }: Session,
  { yes = false, reason }: RepairOptions,
): Promise<void> {
  const { repairs } = await client.call('DryRunRepair', {});
  const possible = repairs.filter(({ refused }) => refused === '');
  const isQuiet = isData(output);
  if (!isQuiet) showPlan(output, repairs);
  const question = `Do ${possible.length === 1 ? 'this repair' : `these ${possible.length} repairs`}?`;
  const isWanted = possible.length > 0 && (yes || (!isQuiet && (await run.confirm?.(question)) === true));
  if (!isWanted) {
    if (repairs.some(isOpen)) run.setExit(exitCodes.violations);
    if (isQuiet) return showData(output, { done: false, repairs });
    if (possible.length > 0) output.print('nothing was done (--yes does it)\n');
    return;
  }
  const answer = await client.call('Repair', { ids: possible.map(({ id }) => id), reason });
  const outcomes = [...answer.repairs, ...repairs.filter(({ refused }) => refused !== '')];
  if (outcomes.some(isOpen)) run.setExit(exitCodes.violations);
  if (isQuiet) return showData(output, { done: true, repairs: outcomes });
  for (const { found, outcome, message, undo } of answer.repairs) {
    const takenBack = outcome === 'done' ? `\n  taken back by: ${undo}` : '';
    output.print(`${outcome}: ${found?.subject}: ${message}${takenBack}\n`);
  }
}

/** Is it still to be done, or a broken invariant? What is left behind and refused harms nobody. */
function isOpen({ found, refused, outcome }: Repair__Output): boolean {
  if (outcome === 'done' || outcome === 'gone') return false;
  return refused === '' || (found?.invariant ?? 0) > 0;
}

function showPlan(output: Output, repairs: readonly Repair__Output[]): void {
  if (repairs.length === 0) output.print('nothing is to be repaired\n');
  for (const { found, action, undo, refused } of repairs) {
    const what = found?.invariant === 0 ? 'left behind' : `violation of invariant ${found?.invariant}`;
    const done = refused === '' ? `would: ${action}\n  taken back by: ${undo}` : `refused, ${refused}`;
    output.print(`${what}: ${found?.subject}: ${found?.message}\n  ${done}\n`);
  }
}
