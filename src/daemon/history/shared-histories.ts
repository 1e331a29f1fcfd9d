import type { RecordName } from '../../ipam/cluster-port.ts';
import { unpacked } from '../../ipam/history/packing.ts';
import type { HistoryQuestion } from '../../ipam/history/question.ts';
import { HistoryReading, type NodeHistory } from '../../ipam/history/reading.ts';
import { isReclaimRecord } from '../../ipam/history/reclaim-record.ts';
import type { Tenure } from '../../ipam/history/tenures.ts';
import { isIpamError, isOvertaken } from '../../resources/errors.ts';
import {
  type HistoryResource,
  type HistorySegmentResource,
  historyKind,
  historySegmentKind,
  historySegmentName,
  historySegmentSpecSchema,
  historySpecSchema,
} from '../../resources/history.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Store } from '../../store/store.ts';

type Head = Stored<HistoryResource>;

/**
 * What records of nodes say that nobody hears, as far as these have shared them.
 * @param isHeard has the daemon that writes it said itself what is in it?
 * @throws IpamError store-unavailable, permission-denied
 */
export async function sharedHistories(
  question: HistoryQuestion,
  isWanted: (record: Required<RecordName>) => boolean,
  store: Store,
): Promise<readonly NodeHistory[]> {
  const heads = await headsIn(store);
  const wanted = heads.filter(({ spec }) => isWanted(spec));
  // Whoever reads entry by entry asks for nobody's time.
  const taken = wanted.length === 0 || question.after !== undefined ? [] : await takenWithout(heads, question, store);
  const histories: NodeHistory[] = [];
  // One after the other: of a thousand nodes that are gone at once, what each has would not be held together.
  for (const head of wanted) {
    const reading = await readingOf(head, question, store);
    if (!isReclaimRecord(head.spec)) reading.endElsewhere(taken);
    histories.push(reading.answer(head.spec, undefined));
  }
  return histories;
}

/** What was taken back without those who had it on record: they may never tell of its end. */
async function takenWithout(
  heads: readonly Head[],
  question: HistoryQuestion,
  store: Store,
): Promise<readonly Tenure[]> {
  const tenures: Tenure[] = [];
  for (const head of heads.filter(({ spec }) => isReclaimRecord(spec)))
    tenures.push(...(await readingOf(head, question, store)).allTenures());
  return tenures.filter(({ until }) => until !== undefined);
}

async function readingOf({ spec }: Head, question: HistoryQuestion, store: Store): Promise<HistoryReading> {
  const { node, begun, segments } = spec;
  const reading = new HistoryReading(question);
  for (const { first, last } of segments) {
    if (last <= (question.after ?? 0)) continue;
    const name = historySegmentName({ node, begun, first });
    const segment = await store.get<HistorySegmentResource>({ kind: historySegmentKind, name });
    const parsed = historySegmentSpecSchema.safeParse(segment?.spec);
    // Left out meanwhile, or not what a daemon writes: the numbers of the entries tell that some are missing.
    for (const entry of (parsed.success ? unpacked(parsed.data) : undefined) ?? []) reading.take(entry);
  }
  return reading;
}

async function headsIn(store: Store): Promise<readonly Head[]> {
  const { items } = await store.list<HistoryResource>(historyKind);
  return items.filter(({ spec }) => historySpecSchema.safeParse(spec).success);
}

/**
 * Deletes what records share that were written last before a time: of nodes that are gone, who do it for themselves while they are there.
 * @param isOver asked before each record: is the rest to be left to others?
 * @returns how many records @throws IpamError store-unavailable
 */
export async function forgetHistories(before: number, store: Store, isOver: () => boolean): Promise<number> {
  let forgotten = 0;
  for (const { metadata, spec } of await headsIn(store)) {
    if (isOver()) return forgotten;
    if (spec.segments.some(({ until }) => until >= before)) continue;
    try {
      // Its own version: of a node that is there again it has been written since.
      await store.delete({ kind: historyKind, name: metadata.name }, metadata.resourceVersion);
      for (const { first } of spec.segments) await deleteSegment(historySegmentName({ ...spec, first }), store);
      forgotten += 1;
    } catch (error) {
      // An agent may delete its own only; a member deletes these.
      if (!isOvertaken(error) && !isIpamError(error, 'permission-denied')) throw error;
    }
  }
  return forgotten;
}

async function deleteSegment(name: string, store: Store): Promise<void> {
  try {
    await store.delete({ kind: historySegmentKind, name }, undefined);
  } catch (error) {
    if (!isOvertaken(error)) throw error;
  }
}
