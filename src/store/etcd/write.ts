import type { Compare, KeyValue, RequestOp, ResponseOp } from './messages.ts';
import { inGroup } from './value.ts';
import type { Version } from './version.ts';

/** One object's write: carried out when the object is as expected, and not at all otherwise. */
export interface Write {
  readonly key: Buffer;
  /** Revision of the object's last write; 0: there is none. */
  readonly expected: number;
  /** What to store; undefined: remove it. */
  readonly value: string | undefined;
}

export type WriteResult =
  | { readonly type: 'done'; readonly version: Version }
  /** The object was not as expected, but this; undefined: it was not there. */
  | { readonly type: 'refused'; readonly present: KeyValue | undefined };

export function isAt(key: Buffer, revision: number): Compare {
  return { result: 'EQUAL', target: 'MOD', key, mod_revision: String(revision) };
}

/** A group in the order in which etcd shall apply it: puts first, each keeping its place; deletes keep none. */
export function inOrder(writes: readonly Write[]): readonly Write[] {
  return [...writes.filter(({ value }) => value !== undefined), ...writes.filter(({ value }) => value === undefined)];
}

/** A transaction of its own for each write, so that one that is refused takes no other with it. */
export function operationsOf(writes: readonly Write[]): RequestOp[] {
  return writes.map(({ key, expected, value }, index) => ({
    request_txn: {
      compare: [isAt(key, expected)],
      success: [
        value === undefined
          ? { request_delete_range: { key } }
          : { request_put: { key, value: Buffer.from(writes.length > 1 ? inGroup(value, index) : value) } },
      ],
      failure: [{ request_range: { key } }],
    },
  }));
}

/** What came of each write of a group that was applied at a revision. */
export function resultsOf(writes: readonly Write[], responses: readonly ResponseOp[], revision: number): WriteResult[] {
  return writes.map((_, index) => {
    const answer = responses[index]?.response_txn;
    if (answer?.succeeded) return { type: 'done', version: versionIn(writes, index, revision) };
    return { type: 'refused', present: answer?.responses[0]?.response_range?.kvs[0] };
  });
}

/** Questions that tell afterwards what came of a group: each object right after the group, and right before. */
export function questionsAbout(writes: readonly Write[], revision: number): RequestOp[] {
  return writes.flatMap(({ key }) => [
    { request_range: { key, revision: String(revision) } },
    { request_range: { key, revision: String(revision - 1), keys_only: true } },
  ]);
}

/** The same results as resultsOf gives, from the answers to questionsAbout. */
export function resultsFrom(writes: readonly Write[], answers: readonly ResponseOp[], revision: number): WriteResult[] {
  return writes.map(({ value, expected }, index) => {
    const now = answers[2 * index]?.response_range?.kvs[0];
    const before = answers[2 * index + 1]?.response_range?.kvs[0];
    const isDone =
      value === undefined
        ? now === undefined && before !== undefined && Number(before.mod_revision) === expected
        : Number(now?.mod_revision) === revision;
    if (isDone) return { type: 'done', version: versionIn(writes, index, revision) };
    return { type: 'refused', present: now };
  });
}

function versionIn(writes: readonly Write[], index: number, revision: number): Version {
  return { revision, index: writes.length > 1 ? index : undefined };
}
