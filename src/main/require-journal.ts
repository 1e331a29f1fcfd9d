import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import type { Store } from '../store/store.ts';

/**
 * A node whose store gave blocks and claims out has had a journal, which alone knows the containers: begun anew, it would
 * give their addresses away. Only where the store is this machine's own; else the machine may be a new one.
 * @throws IpamError storage-damaged
 */
export async function requireJournal(directory: string, store: Store): Promise<void> {
  if (existsSync(join(directory, 'data.mdb'))) return;
  const counts = await Promise.all([blockKind, claimKind].map(async (kind) => (await store.list(kind)).items.length));
  const [blocks = 0, claims = 0] = counts;
  if (blocks + claims === 0) return;
  throw new IpamError(
    'storage-damaged',
    `the journal in ${directory} is gone, and the store has ${blocks} blocks and ${claims} claims`,
    {
      advice:
        'put the journal back; or run ipam-daemon --recover, which begins another with what the container runtime remembers; see docs/recovery.md',
      facts: { directory, blocks, claims },
    },
  );
}
