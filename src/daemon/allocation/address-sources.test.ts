import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { attachmentKey } from '../../ipam/attachment.ts';
import type { AddressSource } from '../../ipam/claim/address-source.ts';
import { blockKind, newBlock } from '../../resources/block.ts';
import { claimKind, newClaim } from '../../resources/claim.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { Cooldowns } from '../journal/cooldowns.ts';
import { quietHistory } from '../testing/history.ts';
import { attachment, cooldownMs, TestClock } from '../testing/world.ts';
import { Catalog } from '../view/catalog.ts';
import { AddressSources } from './address-sources.ts';
import { BlockLeases } from './block-leases.ts';
import { ClaimsInBlocks } from './claims-in-blocks.ts';
import { FixedAddresses } from './fixed-addresses.ts';
import { LeasedSource } from './leased-source.ts';
import { QuotaGuard } from './quota-guard.ts';
import { SharedClaims } from './shared-claims.ts';
import { SharedSource } from './shared-source.ts';

/** Of the same two addresses. */
const offer = { subnet: '10.5.0.0/29', gateway: '10.5.0.1', ips: ['10.5.0.2-10.5.0.3'] };
const given = ['10.5.0.2', '10.5.0.3'];
const pools = { 'leased blocks': { ...offer, blockSize: 29 }, 'shared pools': offer };
type Kind = keyof typeof pools;

const node = 'node1';
const claimant = (containerId: string) => ({ attachment: attachment(containerId), node });

let uids = 0;

function setUp(kind: Kind, daemon = node) {
  const clock = new TestClock();
  const store = new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
  return { clock, store, kind, ...over(kind, store, clock, daemon) };
}

function over(kind: Kind, store: MemoryStore, clock: TestClock, daemon = node) {
  const metadata = { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: '' };
  const resource = { apiVersion: spiderpoolVersion, kind: poolKind, metadata, spec: pools[kind] } as const;
  const catalog = new Catalog(() => {});
  catalog.poolReflection.put(resource);
  const pool = parsePool(resource);
  const log = silentLog;
  const history = quietHistory(clock);
  const base = { daemon, store, catalog, cooldowns: new Cooldowns(), clock, cooldownMs, spread: false, history };
  const blocks = new BlockLeases(base);
  const shared = new SharedClaims({ ...base, holderOf: () => undefined, recorded: () => [], onLost: () => {} });
  const fixed = new FixedAddresses({
    ...{ daemon, shared, history, clock, log, holderOf: () => undefined, options: {} },
    notes: { note: () => {}, noteClaim: () => {} },
    release: async () => {},
  });
  const quotas = new QuotaGuard(shared, clock);
  const claimed = new SharedSource({ shared, fixed, catalog, clock, log, holds: () => false, quotas });
  const claims = new ClaimsInBlocks({
    ...{ shared, catalog, clock, recorded: () => [], blocks: () => blocks, saved: async () => {} },
  });
  const sources = new AddressSources(
    new LeasedSource({
      ...{ blocks, catalog, clock, log, history, claims, claimed, quotas },
      ...{ keepsFor: () => false, keeps: false },
    }),
    claimed,
  );
  const source = sources.of(pool);
  const take = async (containerId: string) =>
    (await source.take(pool, { family: 4, candidates: [pool], rejected: [] }, claimant(containerId)))?.held.address;
  const exactly = (address: string, containerId: string) =>
    source.takeExactly(pool, parseAddress(address), claimant(containerId));
  return { pool, sources, source, blocks, take, exactly };
}

/** What the record of a container says. */
function recorded(source: { readonly kind: Kind }, containerId: string, address: string) {
  const block = source.kind === 'leased blocks' ? { block: '10.5.0.0/29' } : {};
  const held = { address, prefixLength: 29, pool: 'p', routes: [], ...block };
  const allocation = { ...claimant(containerId), netns: '', addresses: [held], createdAt: 0 };
  return { held, allocation, key: attachmentKey(allocation.attachment) };
}

/** Another daemon has it all, and this one has not heard of that. */
async function takenElsewhere({ store, kind }: ReturnType<typeof setUp>): Promise<void> {
  const theirs = { pool: 'p', node: 'node2', daemon: 'node2' };
  if (kind === 'leased blocks') await store.create(newBlock({ cidr: '10.5.0.0/29', ...theirs }));
  else
    for (const address of ['10.5.0.2', '10.5.0.3'])
      await store.create(newClaim({ address, ...theirs, network: 'n', containerId: 'x', ifname: 'eth0' }));
}

const usageOf = ({ source, pool }: { source: AddressSource; pool: ReturnType<typeof parsePool> }) => {
  const { total, used, coolingDown } = source.usage(pool);
  return { total, used, coolingDown };
};

describe.each(Object.keys(pools) as Kind[])('%s, as a source of addresses', (kind) => {
  it('give what the pool has, and then nothing, and say why', async () => {
    const s = setUp(kind);
    for (const [index, address] of given.entries()) expect(await s.take(`c${index}`)).toBe(address);
    expect(await s.take('more')).toBeUndefined();
    expect(usageOf(s)).toEqual({ total: 2n, used: 2n, coolingDown: 0 });
    expect(s.source.attempt(s.pool, node)).toMatchObject({ used: 2n, total: 2n });
    expect(s.source.shortage(s.pool, node, () => '')).not.toBe('');
  });

  it('give exactly the address that is asked for, to one', async () => {
    const s = setUp(kind);
    expect((await s.exactly('10.5.0.2', 'a'))?.held.address).toBe('10.5.0.2');
    await expect(s.exactly('10.5.0.2', 'b')).rejects.toMatchObject({ code: 'address-taken' });
    await expect(s.exactly('10.5.0.1', 'b')).rejects.toMatchObject({ code: 'address-not-allowed' });
  });

  it('give nothing that another daemon has, also when they have yet to hear of it', async () => {
    const s = setUp(kind);
    await takenElsewhere(s);
    await expect(s.exactly('10.5.0.2', 'a')).rejects.toMatchObject({ code: 'address-taken' });
    expect(await s.take('a')).toBeUndefined();
  });

  it('have an address back at once that was taken for an ADD which failed', async () => {
    const s = setUp(kind);
    const grant = await s.exactly('10.5.0.2', 'a');
    await grant?.undo();
    expect(usageOf(s)).toMatchObject({ used: 0n });
    expect((await s.exactly('10.5.0.2', 'b'))?.held.address).toBe('10.5.0.2');
  });

  it('have the store know again, after it forgot, of what is on record', async () => {
    const s = setUp(kind);
    const { held, allocation, key } = recorded(s, 'a', '10.5.0.2');
    expect(s.source.isInPlace(key, held)).toBe(false);
    s.source.hold(key, held);
    expect(await s.source.secure(allocation, held)).toEqual({ isSecured: true });
    expect(s.source.isInPlace(key, held)).toBe(true);
    const kept = await s.store.list(kind === 'leased blocks' ? blockKind : claimKind);
    expect(kept.items).toHaveLength(1);
    await expect(s.exactly('10.5.0.2', 'b')).rejects.toMatchObject({ code: 'address-taken' });
  });

  it('do not take from another daemon what is on record here', async () => {
    const s = setUp(kind);
    await takenElsewhere(s);
    const { held, allocation, key } = recorded(s, 'a', '10.5.0.2');
    s.source.hold(key, held);
    expect(await s.source.secure(allocation, held)).toMatchObject({ isSecured: false });
    expect(s.source.isInPlace(key, held)).toBe(false);
  });

  it('have an address cool down that is off the record', async () => {
    const s = setUp(kind);
    const { held, allocation, key } = recorded(s, 'a', '10.5.0.2');
    s.source.hold(key, held);
    if (kind === 'leased blocks') await s.source.secure(allocation, held);
    s.source.release(allocation.attachment, held, s.clock.now());
    expect(usageOf(s)).toMatchObject({ used: 0n, coolingDown: 1 });
  });

  it('give what cooled down before the start last', async () => {
    const s = setUp(kind);
    if (kind === 'leased blocks') await s.blocks.lease(node, s.pool);
    s.source.restoreCooldowns([{ address: '10.5.0.2', pool: 'p', until: s.clock.now() + cooldownMs }]);
    expect(usageOf(s)).toMatchObject({ coolingDown: 1 });
    expect(await s.take('a')).toBe('10.5.0.3');
  });
});

describe('the source of an address on record', () => {
  it('is told by the record, whatever its pool is by now', () => {
    const { sources } = setUp('shared pools');
    expect(sources.ofHeld({ block: '10.5.0.0/29' })).toBe(sources.leased);
    expect(sources.ofHeld({})).toBe(sources.shared);
  });
});
