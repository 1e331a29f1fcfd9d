import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import type { Attachment } from '../../ipam/attachment.ts';
import { parkedSpec } from '../../ipam/bind/kept-claim.ts';
import { type Claim, claimKind } from '../../resources/claim.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { aroundRequests, wrap } from '../../store/wrap.ts';
import { Cooldowns } from '../journal/cooldowns.ts';
import { quietHistory } from '../testing/history.ts';
import { attachment, cooldownMs, TestClock } from '../testing/world.ts';
import { Catalog } from '../view/catalog.ts';
import { SharedClaims } from './shared-claims.ts';

const held = { address: '10.5.0.5', pool: 'office' };
const key = { kind: claimKind, name: held.address };

let uids = 0;

/** The claims of daemon `node1`, over a store that carries a call out and holds its answer up, when a test says so. */
function setUp() {
  const clock = new TestClock();
  const store = new MemoryStore({ now: () => clock.now(), newUid: () => `uid-${++uids}` });
  let answers: Promise<void> = Promise.resolve();
  const slow = wrap(
    store,
    aroundRequests(async (_, make) => {
      const until = answers;
      const answer = await make();
      await until;
      return answer;
    }),
  );
  const metadata = { name: held.pool, uid: 'p', resourceVersion: '1', creationTimestamp: '' };
  const resource = {
    apiVersion: spiderpoolVersion,
    kind: poolKind,
    metadata,
    spec: { subnet: '10.5.0.0/24' },
  } as const;
  const catalog = new Catalog(() => {});
  catalog.poolReflection.put(resource);
  const recorded = new Map<string, Attachment>();
  const shared = new SharedClaims({
    ...{ daemon: 'node1', store: slow, catalog, cooldowns: new Cooldowns(), clock, cooldownMs, spread: false },
    ...{ history: quietHistory(clock), recorded: () => [], onLost: () => {} },
    holderOf: (address) => recorded.get(address),
  });
  /** Answers to what is asked meanwhile come when this is called. */
  const holdAnswers = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answers = promise;
    return resolve;
  };
  const promptly = () => {
    answers = Promise.resolve();
  };
  const pool = parsePool(resource);
  const claim = (containerId: string) =>
    shared.reclaim(pool, parseAddress(held.address), { attachment: attachment(containerId), node: 'node1' });
  const known = () => shared.claimOf(held)?.spec.containerId;
  return { clock, store, shared, recorded, claim, known, holdAnswers, promptly };
}

/** Others are asked for: nothing but answers shows this daemon its own. */
function setUpAsking() {
  const set = setUp();
  set.shared.askOthers({ isInOrder: false, begin: () => async () => undefined });
  return set;
}

const stored = async (store: MemoryStore): Promise<Stored<Claim>> => {
  const claim = await store.get<Claim>(key);
  if (claim === undefined) throw new Error(`nobody claims ${key.name}`);
  return claim;
};

const events = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what this daemon parked, where it knows its own claims only', () => {
  it('is there still when it is asked for, and not taken for gone', async () => {
    const { clock, shared, claim, known } = setUpAsking();
    const first = (await claim('c1')) as Stored<Claim>;
    const parked = await shared.change(first, parkedSpec(first.spec, clock.now()));
    expect(known()).toBeUndefined();
    expect(await shared.look(first)).toEqual(parked);
  });

  it('stays when it was to be freed and its last container has taken it over again', async () => {
    const { clock, store, shared, claim, known } = setUpAsking();
    const first = (await claim('c1')) as Stored<Claim>;
    const parked = (await shared.change(first, parkedSpec(first.spec, clock.now()))) as Stored<Claim>;
    const taken = await shared.change(parked, first.spec);
    expect(await shared.release(parked)).toBe(false);
    expect(await stored(store)).toEqual(taken);
    expect(known()).toBe('c1');
  });
});

describe('a late answer of the store', () => {
  it.each([
    ['to parking a claim', 'change'],
    ['that shows a claim parked', 'look'],
  ] as const)('%s does not undo what was taken over since', async (_what, verb) => {
    const { clock, store, shared, recorded, claim, known, holdAnswers, promptly } = setUpAsking();
    const first = (await claim('c1')) as Stored<Claim>;
    const parked = parkedSpec(first.spec, clock.now());
    if (verb === 'look') await shared.change(first, parked);
    const answer = holdAnswers();
    const late = verb === 'look' ? shared.look(first) : shared.change(first, parked);
    await events();
    promptly();
    const { parkedAt: _, ...spec } = parked;
    const taken = await shared.change(await stored(store), { ...spec, containerId: 'c2' });
    recorded.set(held.address, attachment('c2'));
    answer();
    expect(await late).toEqual(verb === 'look' ? taken : undefined);
    expect(known()).toBe('c2');
    expect(shared.takeLost()).toEqual([]);
  });

  it('to a question does not bring back what was released since', async () => {
    const { shared, claim, known, holdAnswers, promptly } = setUpAsking();
    const first = (await claim('c1')) as Stored<Claim>;
    const answer = holdAnswers();
    const late = shared.look(first);
    await events();
    promptly();
    await shared.release(first);
    answer();
    expect(await late).toBeUndefined();
    expect(known()).toBeUndefined();
  });

  it.each([
    ['is gone', undefined],
    ['is another’s', 'c9'],
  ])('to a create is refused where the claim %s by now, as the watch has shown', async (_what, present) => {
    const { store, shared, claim, known, holdAnswers, promptly } = setUp();
    const answer = holdAnswers();
    const late = claim('c1');
    await events();
    promptly();
    const first = await stored(store);
    shared.reflection.put(first);
    await store.delete(key, undefined);
    shared.reflection.remove(first);
    if (present !== undefined) {
      const { apiVersion, kind, spec } = first;
      const other = { ...spec, containerId: present, node: 'node2', daemon: 'node2' };
      await store.create({ apiVersion, kind, metadata: { name: key.name }, spec: other });
      shared.reflection.put(await stored(store));
    }
    answer();
    expect(await late).toBeUndefined();
    expect(known()).toBe(present);
  });
});
