import type { Peers, RecordName, Remembering, Told, Unanswered } from '../../../ipam/cluster-port.ts';
import type { HistoryQuestion } from '../../../ipam/history/question.ts';
import type { NodeHistory } from '../../../ipam/history/reading.ts';
import { withoutRepeated } from '../../../ipam/history/reclaim-record.ts';
import type { Store } from '../../../store/store.ts';
import { sharedHistories } from '../../history/shared-histories.ts';
import { askEach, reasonOf } from './ask.ts';

interface Parts {
  readonly node: string;
  readonly local: Remembering;
  readonly peers: Peers;
  readonly others: () => Promise<ReadonlySet<string>>;
  readonly store: Store;
}

/**
 * What the records of all daemons say. Of one that does not answer, and of a node that is gone, what it has shared of its record counts, up to
 * where that goes; one that is known and does not answer is named besides.
 */
export async function historyEverywhere(
  question: HistoryQuestion,
  record: RecordName | undefined,
  { node, local, peers, others, store }: Parts,
): Promise<Told<readonly NodeHistory[]>> {
  const isAsked = (one: string): boolean => record === undefined || record.node === one;
  const asked = [...(await others())].filter(isAsked);
  const own = isAsked(node) ? [await local.history(question)] : [];
  const { answers, unanswered } = await askEach(asked, (one) => peers.history(one, question));
  const heard = [...own, ...answers.values()];
  const isHeard = (one: Required<RecordName>): boolean =>
    heard.some((other) => other.node === one.node && other.begun === one.begun);
  const shared = await sharedBy((one) => isAsked(one.node) && !isHeard(one), question, store);
  const isWanted = ({ begun }: NodeHistory): boolean => record?.begun === undefined || record.begun === begun;
  return {
    value: withoutRepeated([...heard, ...shared.value].filter(isWanted)).toSorted(byNode),
    unanswered: [...unanswered, ...shared.unanswered],
  };
}

async function sharedBy(
  isWanted: (record: Required<RecordName>) => boolean,
  question: HistoryQuestion,
  store: Store,
): Promise<Told<readonly NodeHistory[]>> {
  try {
    return { value: await sharedHistories(question, isWanted, store), unanswered: [] };
  } catch (error) {
    const unread: Unanswered = { node: '', reason: `what nodes that are gone have told: ${reasonOf(error)}` };
    return { value: [], unanswered: [unread] };
  }
}

function byNode(a: NodeHistory, b: NodeHistory): number {
  return a.node === b.node ? a.begun - b.begun : a.node < b.node ? -1 : 1;
}
