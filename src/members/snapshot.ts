import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { strictObject } from '../resources/schema.ts';
import type { EtcdKeys, KeyValue } from './etcd-admin.ts';

const headSchema = strictObject({
  format: z.literal('berth-snapshot'),
  version: z.literal(1),
  clusterName: z.string(),
  clusterId: z.string(),
  member: z.string(),
  revision: z.string(),
  savedAt: z.string(),
});
const pairSchema = z.tuple([z.string(), z.string()]);
const footSchema = strictObject({ keys: z.int().min(0), sha256: z.string() });

export type SnapshotHead = z.output<typeof headSchema>;

export interface SnapshotPart {
  readonly text: string;
  readonly keys: number;
  readonly totalKeys: number;
}

/**
 * Everything below the prefix as of one revision: lines of JSON, first what it is, then a key and its value each, last
 * their number and a hash of all before. Text, and none of etcd's own files: it goes into any version of etcd, and
 * what stands in it can be read.
 */
export async function* snapshotParts(
  keys: EtcdKeys,
  about: Omit<SnapshotHead, 'format' | 'version' | 'revision'>,
): AsyncGenerator<SnapshotPart> {
  const hash = createHash('sha256');
  let page = await keys.page('', '');
  const { revision } = page;
  const totalKeys = page.left;
  const head: SnapshotHead = { format: 'berth-snapshot', version: 1, ...about, revision };
  yield { text: hashed(hash, `${JSON.stringify(head)}\n`), keys: 0, totalKeys };
  let written = 0;
  for (;;) {
    written += page.pairs.length;
    const text = page.pairs.map(({ key, value }) => `${JSON.stringify([key, value])}\n`).join('');
    yield { text: hashed(hash, text), keys: written, totalKeys };
    if (!page.more) break;
    page = await keys.page(page.last, revision);
  }
  yield { text: `${JSON.stringify({ keys: written, sha256: hash.digest('hex') })}\n`, keys: written, totalKeys };
}

function hashed(hash: Hash, text: string): string {
  hash.update(text);
  return text;
}

export interface SnapshotSummary extends SnapshotHead {
  readonly keys: number;
  readonly sha256: string;
}

/**
 * Reads a snapshot to its end.
 * @param take gets the pairs in portions, when they are wanted
 * @throws IpamError storage-damaged when it is cut off, changed, or no snapshot
 */
export async function readSnapshot(
  file: string,
  take: (pairs: readonly KeyValue[]) => Promise<void> = async () => {},
): Promise<SnapshotSummary> {
  const hash = createHash('sha256');
  let head: SnapshotHead | undefined;
  let foot: z.output<typeof footSchema> | undefined;
  let pairs: KeyValue[] = [];
  let keys = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (foot !== undefined) throw new SyntaxError('there is more after the end');
      const value: unknown = JSON.parse(line);
      if (head === undefined) head = headSchema.parse(value);
      else if (Array.isArray(value)) {
        const [key, text] = pairSchema.parse(value);
        pairs.push({ key, value: text });
        keys += 1;
      } else {
        foot = footSchema.parse(value);
        continue;
      }
      hash.update(`${line}\n`);
      if (pairs.length < portion) continue;
      await take(pairs);
      pairs = [];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw fileError(file, error);
    throw damaged(file, `a line is not what it should be (${keys} keys before it)`, error);
  }
  if (head === undefined || foot === undefined) throw damaged(file, `it is cut off after ${keys} keys`);
  const sha256 = hash.digest('hex');
  if (foot.keys !== keys || foot.sha256 !== sha256) throw damaged(file, 'its hash is not that of its contents');
  if (pairs.length > 0) await take(pairs);
  return { ...head, keys, sha256 };
}

/** Pairs that go into one transaction. */
const portion = 64;

function damaged(file: string, why: string, cause?: unknown): IpamError {
  return new IpamError('storage-damaged', `${file} is no whole snapshot: ${why}`, {
    advice: 'use another one; ipam-cli snapshot status FILE says whether it is whole',
    cause,
  });
}

function fileError(file: string, error: unknown): unknown {
  if (error instanceof IpamError || (error as NodeJS.ErrnoException).code === undefined) return error;
  return new IpamError('invalid-argument', `${file}: ${(error as Error).message}`, { cause: error });
}
