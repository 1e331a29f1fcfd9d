import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../ipam/allocation.ts';
import { silentLog } from '../../telemetry/log.ts';
import { RecordKeeper, type RecordKeeperParts } from './record-keeper.ts';

const held = { address: '10.0.0.5', pool: 'office', block: '' };
const allocation = {
  attachment: { network: 'net', containerId: 'one', ifname: 'eth0' },
  addresses: [held],
} as unknown as Allocation;

/** One record, of which the store knows nothing. @returns what was secured */
function keeper(isSettling: boolean): { readonly keeper: RecordKeeper; readonly secured: string[] } {
  const secured: string[] = [];
  const source = {
    takeLost: () => [],
    isInPlace: () => secured.length > 0,
    secure: async (_whose: Allocation, { address }: typeof held) => {
      secured.push(address);
      return { isSecured: true };
    },
  };
  const parts = {
    ipam: {
      ledger: { all: () => [allocation], holderOf: () => allocation },
      inTurn: (_attachment: unknown, work: () => Promise<void>) => work(),
    },
    sources: { all: [source], ofHeld: () => source },
    ranges: { isForgotten: () => false },
    log: silentLog,
    isSettling: () => isSettling,
  } as unknown as RecordKeeperParts;
  return { keeper: new RecordKeeper(parts), secured };
}

describe('the keeper of the record', () => {
  it('looks at each record while the store has gone back: one that was made meanwhile has nothing behind it', async () => {
    const { keeper: one, secured } = keeper(true);
    await one.round();
    expect(secured).toEqual(['10.0.0.5']);
    await one.round();
    expect(secured).toEqual(['10.0.0.5']);
  });

  it('looks at what was found loose only, of a store that forgets nothing', async () => {
    const { keeper: one, secured } = keeper(false);
    await one.round();
    expect(secured).toEqual([]);
  });
});
