import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { parseWith, strictObject } from '../resources/schema.ts';

/** Folder of etcd's data, below the data directory in which it runs. */
export const raftFolder = 'raft';

const schema = strictObject({
  name: z.string(),
  clusterName: z.string(),
  /** Part of what the cluster's id is made of. */
  token: z.string(),
  /** Hexadecimal; empty until etcd has told it. */
  clusterId: z.string(),
  peerUrl: z.string(),
  /** name=url, comma-separated, as of the day it joined. */
  initialCluster: z.string(),
  initialState: z.enum(['new', 'existing']),
  /** Nobody said the address of peerUrl: it may be mended while there is no other member. */
  guessedAddress: z.boolean(),
  /** How often the cluster was begun anew from one disk; who has a lower number belongs to its past. */
  generation: z.int().min(0),
  /** Daemons of the other members, as last seen. */
  addresses: z.array(z.string()),
});

/** What a data directory says about the member that it belongs to. */
export type MemberFile = z.output<typeof schema>;

const fileOf = (dataDir: string): string => join(dataDir, 'member.json');

/** @returns undefined when the directory was never a member's @throws IpamError storage-damaged */
export function readMemberFile(dataDir: string): MemberFile | undefined {
  const file = fileOf(dataDir);
  if (!existsSync(file)) return undefined;
  try {
    return parseWith(schema, JSON.parse(readFileSync(file, 'utf8')), file);
  } catch (error) {
    throw new IpamError('storage-damaged', `${file} cannot be read: ${(error as Error).message}`, {
      advice: 'if the other members run, remove this member there, delete the data directory and join again',
      cause: error,
    });
  }
}

/** Survives a power failure: it is written before anything that depends on it. */
export function writeMemberFile(dataDir: string, member: MemberFile): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const fresh = `${fileOf(dataDir)}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(member, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, fileOf(dataDir));
  const folder = openSync(dataDir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Has etcd begun to keep data here? */
export function hasRaftData(dataDir: string): boolean {
  return existsSync(join(dataDir, raftFolder, 'member'));
}
