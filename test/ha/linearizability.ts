import { after, type Operation, type State } from './operation.ts';

export type Verdict =
  | { readonly type: 'linearizable'; readonly keys: number; readonly operations: number }
  /** No order of these operations explains the answers; `operations` is the history of the key, by time of call. */
  | { readonly type: 'broken'; readonly key: string; readonly operations: readonly Operation[] };

/**
 * Is there an order of the operations, each between its call and its answer, in which every answer is right?
 * Objects do not concern each other, so each is judged by itself (Herlihy and Wing, "Linearizability", 1990: locality).
 * The search is that of Wing and Gong with the memory of Lowe ("Testing for linearizability", 2017).
 * @param initial what was there before the first operation
 */
export function linearizability(
  history: readonly Operation[],
  initial: (key: string) => State = () => undefined,
): Verdict {
  const byKey = Map.groupBy(history, ({ key }) => key);
  for (const [key, operations] of byKey) {
    if (isExplained(operations, initial(key))) continue;
    return { type: 'broken', key, operations: operations.toSorted((a, b) => a.calledAt - b.calledAt) };
  }
  return { type: 'linearizable', keys: byKey.size, operations: history.length };
}

/** A call or an answer in the order of time; `other` of a call is its answer. */
interface Entry extends Link {
  /** Of the operation among those of its key. */
  readonly index: number;
  readonly operation: Operation;
  readonly isCall: boolean;
  other: Entry | undefined;
  before: Link | undefined;
}

/** The head of a timeline is no entry. */
interface Link {
  after: Entry | undefined;
}

interface Step {
  readonly call: Entry;
  readonly former: State;
}

function isExplained(operations: readonly Operation[], initial: State): boolean {
  const head = timeline(operations);
  const tried = new Set<string>();
  const steps: Step[] = [];
  let placed = 0n;
  let state = initial;
  let open = answered(operations);
  let entry = head.after;
  while (open > 0) {
    if (entry?.isCall === true) {
      const next = after(state, entry.operation.action, entry.operation.outcome);
      const now = placed | (1n << BigInt(entry.index));
      if (next !== 'impossible' && isNew(tried, now, next.state)) {
        steps.push({ call: entry, former: state });
        [placed, state] = [now, next.state];
        if (entry.operation.outcome.type !== 'unknown') open -= 1;
        lift(entry);
        entry = head.after;
      } else {
        entry = entry.after;
      }
      continue;
    }
    // An answer whose call has no place yet, or the end: the last choice was wrong.
    const last = steps.pop();
    if (last === undefined) return false;
    placed &= ~(1n << BigInt(last.call.index));
    state = last.former;
    if (last.call.operation.outcome.type !== 'unknown') open += 1;
    putBack(last.call);
    entry = last.call.after;
  }
  // What is left has no known answer, and may never have happened.
  return true;
}

function answered(operations: readonly Operation[]): number {
  return operations.filter(({ outcome }) => outcome.type !== 'unknown').length;
}

function isNew(tried: Set<string>, placed: bigint, state: State): boolean {
  const key = `${placed.toString(36)} ${state ?? ''}`;
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

/** At equal times calls come before answers: what may have been at once is not ordered. */
function timeline(operations: readonly Operation[]): Link {
  const entries: { readonly at: number; readonly entry: Entry }[] = [];
  operations.forEach((operation, index) => {
    const base = { index, operation, before: undefined, after: undefined };
    const call: Entry = { ...base, isCall: true, other: undefined };
    entries.push({ at: operation.calledAt, entry: call });
    // An operation without an answer is open to the end.
    if (operation.outcome.type === 'unknown') return;
    const answer: Entry = { ...base, isCall: false, other: undefined };
    call.other = answer;
    entries.push({ at: operation.answeredAt, entry: answer });
  });
  entries.sort((a, b) => a.at - b.at || Number(b.entry.isCall) - Number(a.entry.isCall));
  const head: Link = { after: undefined };
  let last = head;
  for (const { entry } of entries) {
    last.after = entry;
    entry.before = last;
    last = entry;
  }
  return head;
}

/** Takes a call and its answer out of the timeline. */
function lift(call: Entry): void {
  unlink(call);
  if (call.other !== undefined) unlink(call.other);
}

/** Undoes `lift`, which must have been the last. */
function putBack(call: Entry): void {
  if (call.other !== undefined) link(call.other);
  link(call);
}

function unlink(entry: Entry): void {
  if (entry.before !== undefined) entry.before.after = entry.after;
  if (entry.after !== undefined) entry.after.before = entry.before;
}

function link(entry: Entry): void {
  if (entry.before !== undefined) entry.before.after = entry;
  if (entry.after !== undefined) entry.after.before = entry;
}
