import type { Peers, RecordName, Remembering, Told } from '../../../ipam/cluster-port.ts';
import type { HistoryQuestion } from '../../../ipam/history/question.ts';
import type { NodeHistory } from '../../../ipam/history/reading.ts';
import { askEach } from './ask.ts';

interface Parts {
  readonly node: string;
  readonly local: Remembering;
  readonly peers: Peers;
  readonly others: () => Promise<ReadonlySet<string>>;
}

/** What the records of all daemons say. One that does not answer is named, and what it alone knows is missing. */
export async function historyEverywhere(
  question: HistoryQuestion,
  record: RecordName | undefined,
  { node, local, peers, others }: Parts,
): Promise<Told<readonly NodeHistory[]>> {
  const isAsked = (one: string): boolean => record === undefined || record.node === one;
  const asked = [...(await others())].filter(isAsked);
  const own = isAsked(node) ? [await local.history(question)] : [];
  const { answers, unanswered } = await askEach(asked, (one) => peers.history(one, question));
  return { value: [...own, ...answers.values()].filter(isWanted(record)).sort(byNode), unanswered };
}

function isWanted(record: RecordName | undefined): (one: NodeHistory) => boolean {
  return ({ begun }) => record?.begun === undefined || record.begun === begun;
}

function byNode(a: NodeHistory, b: NodeHistory): number {
  return a.node === b.node ? a.begun - b.begun : a.node < b.node ? -1 : 1;
}
