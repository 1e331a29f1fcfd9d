import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import { parseRangeSet } from '../../ip/range-set.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { newBlock } from '../../resources/block.ts';
import { newClaim } from '../../resources/claim.ts';
import { IpamError } from '../../resources/errors.ts';
import { prefixName } from '../../resources/names.ts';
import { newQuarantine } from '../../resources/quarantine.ts';
import { newRangePool } from '../../resources/range-pool.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { type Answer, blue, pool, spiderpool, WebhookUnderTest } from './testing/webhook-under-test.ts';

const reserved = (ips: readonly string[]): Resource => ({
  apiVersion: spiderpool,
  kind: 'SpiderReservedIP',
  metadata: { name: 'printers' },
  spec: { ips },
});
const claim = (address: string, of = 'blue'): Resource =>
  newClaim({ address, pool: of, node: 'n1', daemon: 'd', network: 'net', containerId: 'c', ifname: 'eth0' });

describe('the admission webhook', () => {
  let webhook: WebhookUnderTest;

  beforeEach(async () => {
    webhook = await new WebhookUnderTest().start();
  });
  afterEach(() => webhook.stop());

  const review = (path: string, operation: string, fields: object): Promise<Answer> =>
    webhook.review(path, operation, fields);
  const create = (object: Resource, more: object = {}) => review('/validate', 'CREATE', { object, ...more });
  const update = (oldObject: Resource, object: Resource) => review('/validate', 'UPDATE', { oldObject, object });
  const remove = (oldObject: Resource) => review('/validate', 'DELETE', { oldObject });
  const stored = (resource: Resource): Promise<Stored<Resource>> => webhook.store.create(resource);

  it('allows what breaks no rule, with warnings', async () => {
    const odd = pool('odd', { subnet: '10.7.0.0/24', ips: ['10.7.0.5', '10.7.0.5-10.7.0.6'] });
    expect(await create(odd)).toEqual({
      code: 200,
      response: { uid: 'u1', allowed: true, warnings: [expect.stringContaining('10.7.0.5 more than once')] },
    });
    expect(webhook.seen).toEqual(['validate SpiderIPPool create allowed']);
  });

  it('refuses what breaks one, and says what is wrong and what to do', async () => {
    await stored(blue);
    const { response } = await create(pool('two', { subnet: '10.6.0.0/24', ips: ['10.6.0.99-10.6.0.110'] }));
    expect(response).toEqual({
      uid: 'u1',
      allowed: false,
      status: {
        code: 400,
        reason: 'BadRequest',
        message:
          'SpiderIPPool "two" overlaps SpiderIPPool "blue": both offer 10.6.0.99; give the pools different ranges with spec.ips or spec.excludeIPs',
      },
    });
    expect(webhook.seen).toEqual(['validate SpiderIPPool create denied']);
  });

  it('sees what it allowed a moment ago, unless that was a trial', async () => {
    expect((await create(blue, { dryRun: true })).response.allowed).toBe(true);
    const same = pool('same', blue.spec as object);
    expect((await create(same)).response.allowed).toBe(true);
    // As the API server does that asked.
    void stored(same);
    expect((await create(blue)).response.status?.message).toContain('overlaps SpiderIPPool "same"');
  });

  it('believes nobody for long that something is about to be written', async () => {
    const time = { now: 1_000_000 };
    const pause: Clock['pause'] = async (ms, signal) => {
      // The review's own time limit is real.
      if (ms > 1_000) return systemClock.pause(ms, signal);
      time.now += ms;
    };
    await webhook.stop();
    webhook = await new WebhookUnderTest({ now: () => time.now, elapsed: () => time.now, pause }, 7_500).start();
    const wide = (n: number) => pool(`ghost-${n}`, { subnet: `${n}.0.0.0/8`, ips: [`${n}.0.0.1-${n}.255.255.254`] });
    for (let n = 1; n < 100; n += 1) expect((await create(wide(n))).response.allowed).toBe(true);
    expect((await create(blue)).response.allowed).toBe(true);
    expect((await create(pool('trial', { subnet: '99.1.0.0/16' }), { dryRun: true })).response.allowed).toBe(true);
  });

  it('makes no figure of a kind that it does not know, and takes no text without end', async () => {
    const made = { group: 'x', version: 'v1', kind: 'Ghost' };
    await review('/validate', 'CREATE', { kind: made, object: { ...blue, kind: 'Ghost' } });
    expect(webhook.seen).toEqual(['validate other create allowed']);
    const long = { ...made, kind: 'x'.repeat(254) };
    expect((await review('/validate', 'CREATE', { kind: long, object: blue })).code).toBe(400);
    expect(webhook.seen).toHaveLength(1);
  });

  it('lets daemons write the pools of their own CNI ranges, and quarantines, and nothing else', async () => {
    const account = 'system:serviceaccount:berth-system:ipam-daemon';
    const as = (node?: string) => ({
      userInfo: {
        username: account,
        ...(node === undefined ? {} : { extra: { 'authentication.kubernetes.io/node-name': [node] } }),
      },
    });
    const ranges = newRangePool({
      network: 'net',
      node: 'n1',
      networkName: undefined,
      subnet: parsePrefix('10.9.0.0/24'),
      gateway: undefined,
      addresses: parseRangeSet(['10.9.0.10-10.9.0.20']),
    });
    const said = async (operation: string, fields: object, node?: string) => {
      const { response } = await review('/validate', operation, { ...fields, ...as(node) });
      return response.allowed === true ? '' : (response.status?.message ?? '');
    };
    const only =
      "an ipam-daemon writes pools of its own node's CNI ranges and quarantines only; use kubectl, as yourself";
    const held = newQuarantine(parseAddress('10.6.0.42'), { reason: 'answered to ARP', until: undefined });
    expect([
      await said('CREATE', { object: ranges }),
      await said('CREATE', { object: ranges }, 'n1'),
      await said('DELETE', { oldObject: ranges }, 'n1'),
      await said('CREATE', { object: pool('cluster-ipv4', { subnet: '10.244.0.0/16', blockSize: 24 }) }),
      await said('CREATE', { object: held }),
      await said('DELETE', { oldObject: held }),
    ]).toEqual(['', '', '', '', '', '']);
    const wider = { ...blue, spec: { subnet: '10.6.0.0/24' } };
    const refused: readonly (readonly [string, object, string?])[] = [
      ['CREATE', { object: ranges }, 'n2'],
      ['CREATE', { object: blue }],
      ['UPDATE', { oldObject: blue, object: wider }],
      ['UPDATE', { oldObject: blue, object: { ...blue, metadata: { ...blue.metadata, finalizers: [] } } }],
      ['DELETE', { oldObject: blue }],
      ['DELETE', { oldObject: pool('cluster-ipv4', { subnet: '10.244.0.0/16', blockSize: 24 }) }],
      ['CREATE', { object: pool('cni-mine', { subnet: '10.9.0.0/24' }) }],
      ['CREATE', { object: reserved(['10.6.0.9']) }],
      ['DELETE', { oldObject: reserved(['10.6.0.9']) }],
    ];
    for (const [operation, fields, node] of refused) expect(await said(operation, fields, node)).toContain(only);
  });

  it('has no rules for a kind of a name that every object has', async () => {
    const odd = { ...blue, kind: 'constructor' };
    expect((await create(odd, { kind: { group: 'g', version: 'v1', kind: 'constructor' } })).response).toEqual({
      uid: 'u1',
      allowed: true,
    });
  });

  it('lets controllers write metadata and status of what breaks the rules', async () => {
    const broken = pool('broken', { subnet: '10.6.0.0/24', ips: ['10.7.0.1'] });
    expect(
      (await update(broken, { ...broken, metadata: { name: 'broken', labels: { a: 'b' } } })).response.allowed,
    ).toBe(true);
    const asked = { oldObject: blue, object: broken, subResource: 'status' };
    expect((await review('/validate', 'UPDATE', asked)).response.allowed).toBe(true);
    expect((await review('/validate', 'CONNECT', {})).response.allowed).toBe(true);
  });

  it('keeps every address that somebody holds, and lets a pool be deleted that has some', async () => {
    const present = await stored(blue);
    const held = await stored(claim('10.6.0.42'));
    expect((await remove(present)).response).toEqual({ uid: 'u1', allowed: true });
    const shrunk = { ...present, spec: { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.41'] } };
    expect((await update(present, shrunk)).response.status?.message).toContain(
      'drops addresses that are in use: 10.6.0.42',
    );
    expect((await create(reserved(['10.6.0.40-10.6.0.45']))).response.status?.message).toContain('in use: 10.6.0.42');
    const conflict = newQuarantine(parseAddress('10.6.0.42'), { reason: 'answered to ARP', until: undefined });
    expect((await create(conflict)).response.allowed).toBe(true);
    await webhook.store.delete({ kind: 'IPClaim', name: held.metadata.name }, undefined);
    expect((await update(present, shrunk)).response.allowed).toBe(true);
    expect((await create(reserved(['10.6.0.40-10.6.0.45']))).response.allowed).toBe(true);
  });

  it('keeps what is held of a pool with more addresses than it asks for one by one', async () => {
    const large = await stored(pool('large', { subnet: '10.16.0.0/12' }));
    await stored(claim('10.20.0.42', 'large'));
    await stored(claim('10.20.0.43', 'other'));
    const small = { ...large, spec: { subnet: '10.16.0.0/12', ips: ['10.16.0.1-10.16.0.9'] } };
    expect((await update(large, small)).response.status?.message).toContain('in use: 10.20.0.42;');
  });

  it('keeps the pool of a network’s ranges as the file of its node says, and until its last address is back', async () => {
    const made = (node: string, of: string, networkName?: string): Resource =>
      newRangePool({
        network: 'Macvlan_conf',
        node,
        networkName,
        subnet: parsePrefix('10.45.0.0/24'),
        gateway: parseAddress('10.45.0.1'),
        addresses: parseRangeSet([of]),
      });
    const low = made('n1', '10.45.0.10-10.45.0.19');
    expect((await create(low)).response).toEqual({ uid: 'u1', allowed: true });
    expect((await review('/mutate', 'CREATE', { object: low })).response.patch).toBeUndefined();
    const present = await stored(low);
    expect((await create(made('n2', '10.45.0.10-10.45.0.39'))).response.allowed).toBe(true);
    const wrong = 'the ranges of network "Macvlan_conf" on node "n1" are what the CNI configuration of the node says';
    for (const change of [{ gateway: '10.45.0.254' }, { ips: ['10.45.0.10-10.45.0.20'] }, { disable: true }]) {
      const changed = { ...present, spec: { ...(present.spec as object), ...change } };
      expect((await update(present, changed)).response.status?.message).toContain(wrong);
    }
    const bare = { ...present, metadata: { ...present.metadata, labels: {} } };
    expect((await update(present, bare)).response.status?.message).toContain(wrong);
    expect((await create({ ...low, spec: { ...(low.spec as object), default: true } })).response.allowed).toBe(false);
    const held = await stored(claim('10.45.0.12', low.metadata.name));
    expect((await remove(present)).response.status?.message).toContain(
      'the ranges of network "Macvlan_conf" on node "n1" still have addresses in use: 10.45.0.12;',
    );
    await webhook.store.delete({ kind: 'IPClaim', name: held.metadata.name }, undefined);
    expect((await remove(present)).response.allowed).toBe(true);
    const scoped = await stored(made('n1', '10.45.0.10-10.45.0.12', 'blue'));
    await stored(claim('10.45.0.12', scoped.metadata.name));
    expect((await remove(scoped)).response.status?.message).toContain('still have addresses in use: 10.45.0.12;');
  });

  it('counts all of a leased block as held: only its node knows', async () => {
    const large = await stored(pool('large', { subnet: '10.16.0.0/16', blockSize: 24 }));
    await stored(newBlock({ cidr: '10.16.3.0/24', pool: 'large', node: 'n1', daemon: 'd' }));
    const less = { ...large, spec: { subnet: '10.16.0.0/16', blockSize: 24, excludeIPs: ['10.16.3.7'] } };
    expect((await update(large, less)).response.status?.message).toContain('in use: 10.16.3.7');
    await webhook.store.delete({ kind: 'IPBlock', name: prefixName(parsePrefix('10.16.3.0/24')) }, undefined);
    expect((await update(large, less)).response.allowed).toBe(true);
  });

  it.each<[string, string, string?]>([
    ['no JSON', '{'],
    ['no review', '{"kind":"Pod"}'],
    [
      'a review of another version',
      '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u"}}',
    ],
    ['nothing', ''],
    ['another content type', '{}', 'text/plain'],
    ['more than an object can be', `"${'x'.repeat(9 * 1024 * 1024)}"`],
  ])('answers %s with an error, and lives on', async (_what, body, contentType) => {
    const { code } = await webhook.post('/validate', body, contentType).catch(() => ({ code: 413 }));
    expect(code).toBeGreaterThanOrEqual(400);
    expect(code).toBeLessThan(500);
    expect((await create(blue)).response.allowed).toBe(true);
  });

  it('refuses a review without the objects of its operation', async () => {
    expect((await review('/validate', 'UPDATE', { object: blue })).response.status?.message).toBe(
      'AdmissionReview: request.oldObject is no object',
    );
  });

  it('refuses what it cannot judge, for now', async () => {
    webhook.store.list = () => Promise.reject(new IpamError('store-unavailable', 'the API server is unreachable'));
    expect((await create(blue)).response.status).toEqual({
      code: 503,
      reason: 'ServiceUnavailable',
      message: 'the API server is unreachable',
    });
    webhook.store.list = () => Promise.reject(new TypeError('a fault of ours'));
    expect((await create(blue)).response.status).toMatchObject({ code: 500 });
    webhook.store.list = () => new Promise(() => {});
    expect((await create(blue)).response.status?.message).toContain('did not answer the webhook in time; try again');
    expect(webhook.seen).toEqual(Array(3).fill('validate SpiderIPPool create failed'));
  });
});
