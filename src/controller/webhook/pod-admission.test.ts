import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parkedSpec } from '../../ipam/bind/kept-claim.ts';
import { systemClock } from '../../platform/clock.ts';
import { type Claim, newClaim } from '../../resources/claim.ts';
import { newQuarantine } from '../../resources/quarantine.ts';
import { podAdmissionFacts } from '../admission-view.ts';
import { stateOf } from '../testing/leading.ts';
import { claim, newStore, settle, TestClock } from '../testing/world.ts';
import { type Answer, pool, spiderpool, WebhookUnderTest } from './testing/webhook-under-test.ts';

/** As the API server sends a Pod of a Deployment: its name is yet to be made. */
const pod = (annotations: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace: 'default',
    generateName: 'web-5d8f-',
    labels: { 'pod-template-hash': '5d8f' },
    annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f', uid: 'u', controller: true }],
    ...more,
  },
  spec: { containers: [] },
});

describe('a Pod that fixes its address', () => {
  const clock = new TestClock();
  const stop = new AbortController();
  let store: ReturnType<typeof newStore>;
  let webhook: WebhookUnderTest;

  beforeEach(async () => {
    store = newStore(clock);
    const state = await stateOf({ store, clock }, stop.signal);
    webhook = await new WebhookUnderTest(systemClock, 2_000, podAdmissionFacts(state)).start();
    await store.create(pool('blue', { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.19'], gateway: '10.6.0.1' }));
    await store.create(pool('red', { subnet: '10.7.0.0/24', ips: ['10.7.0.10-10.7.0.19'] }));
    await store.create(
      claim('10.6.0.10', { pool: 'blue', podName: 'db-0', ownerKind: 'StatefulSet', ownerName: 'db' }),
    );
    const sibling = { pool: 'blue', podName: 'web-5d8f-a', ownerKind: 'Deployment', ownerName: 'web' };
    const kept = claim('10.6.0.11', sibling) as Claim;
    await store.create(newClaim(parkedSpec(kept.spec, 0)));
    await store.create({
      apiVersion: spiderpool,
      kind: 'SpiderReservedIP',
      metadata: { name: 'printers' },
      spec: { ips: ['10.6.0.14'] },
    });
    await store.create(newQuarantine(parseAddress('10.6.0.15'), { reason: 'a camera answers', until: undefined }));
    await settle();
  });
  afterEach(async () => {
    await webhook.stop();
  });

  const create = (object: object): Promise<Answer> =>
    webhook.review('/validate', 'CREATE', { object, kind: { group: '', version: 'v1', kind: 'Pod' } });
  const answerTo = async (annotations: object, more: object = {}): Promise<string | undefined> => {
    const { response } = await create(pod(annotations, more));
    if (response.allowed) return undefined;
    expect(response.status?.code).toBe(400);
    return response.status?.message;
  };

  const calico = 'cni.projectcalico.org/ipAddrs';
  const ippool = 'ipam.spidernet.io/ippool';

  it.each<[string, Record<string, string>]>([
    ['asks for nothing', { a: 'b' }],
    ['asks for what is free', { 'kube-ipam.ip': '10.6.0.12' }],
    ['asks for what is kept for its application', { 'kube-ipam.ip': '10.6.0.11' }],
    ['asks for one of several, and one is free', { 'kube-ipam.ip': '10.6.0.10,10.6.0.12' }],
    ['asks for what no pool has yet', { 'kube-ipam.ip': '10.188.0.9' }],
    ['names the pool that has it', { 'kube-ipam.ip': '10.6.0.12', [ippool]: '{"ipv4":["blue"]}' }],
    [
      'names pools of which one is not there yet',
      { 'kube-ipam.ip': '10.6.0.12', [ippool]: '{"ipv4":["red","later"]}' },
    ],
    ['names pools in a way that its daemon will refuse', { 'kube-ipam.ip': '10.6.0.12', [ippool]: 'red' }],
  ])('is made when it %s', async (_, annotations) => expect(await answerTo(annotations)).toBeUndefined());

  it.each<[string, Record<string, string>, string]>([
    [
      'another has it',
      { 'kube-ipam.ip': '10.6.0.10' },
      'address 10.6.0.10 is held by Pod default/db-0 of StatefulSet default/db on node "node1" (annotation kube-ipam.ip of Pod "default/web-5d8f-…")',
    ],
    [
      "another has it, in Calico's words",
      { [calico]: '["10.6.0.10"]' },
      'address 10.6.0.10 is held by Pod default/db-0',
    ],
    ['it is reserved', { 'kube-ipam.ip': '10.6.0.14' }, 'it is reserved by SpiderReservedIP "printers"'],
    ['it is in quarantine', { 'kube-ipam.ip': '10.6.0.15' }, 'is in quarantine: a camera answers'],
    ['it is the gateway', { 'kube-ipam.ip': '10.6.0.1' }, 'it is its gateway'],
    ['its pool does not give it', { 'kube-ipam.ip': '10.6.0.99' }, 'it is in none of its ranges (spec.ips)'],
    [
      'the pool that it names has another subnet',
      { 'kube-ipam.ip': '10.6.0.12', [ippool]: '{"ipv4":["red"]}' },
      'requested address 10.6.0.12 is in none of the pools: "red" 10.7.0.0/24',
    ],
    ['it cannot be read', { 'kube-ipam.ip': '10.6.0' }, 'annotation kube-ipam.ip of Pod "default/web-5d8f-…"'],
    ['a netmask stands alone', { 'kube-ipam.netmask': '255.255.0.0' }, 'it means nothing without kube-ipam.ip'],
  ])('is refused when %s', async (_, annotations, says) => expect(await answerTo(annotations)).toContain(says));

  it('is counted by its own kind', async () => {
    await answerTo({ 'kube-ipam.ip': '10.6.0.10' });
    expect(webhook.seen).toEqual(['validate Pod create denied']);
  });

  it('has its former address again under its name, and nothing that a bare Pod cannot have', async () => {
    const bare = { generateName: undefined, ownerReferences: undefined };
    expect(await answerTo({ 'kube-ipam.ip': '10.6.0.10' }, { ...bare, name: 'db-0' })).toBeUndefined();
    expect(await answerTo({ 'kube-ipam.ip': '10.6.0.10' }, { ...bare, name: 'db-1' })).toContain('held by Pod');
    expect(await answerTo({ 'kube-ipam.ip': '10.6.0.11' }, { ...bare, name: 'x' })).toContain(
      'kept for Pods of Deployment',
    );
  });

  it('is made when nobody here knows of Pods, or its Pod cannot be read', async () => {
    expect((await create({ ...pod({}), metadata: { namespace: 7 } })).response.allowed).toBe(true);
    const unknowing = await new WebhookUnderTest().start();
    const kind = { group: '', version: 'v1', kind: 'Pod' };
    const { response } = await unknowing.review('/validate', 'CREATE', {
      object: pod({ 'kube-ipam.ip': '10.6.0.10' }),
      kind,
    });
    expect(response.allowed).toBe(true);
    await unknowing.stop();
  });
});
