import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blue, pool, spiderpool, WebhookUnderTest } from './testing/webhook-under-test.ts';

describe('the completing webhook', () => {
  let webhook: WebhookUnderTest;

  beforeEach(async () => {
    webhook = await new WebhookUnderTest().start();
  });
  afterEach(() => webhook.stop());

  const review = (operation: string, fields: object) => webhook.review('/mutate', operation, fields);

  it('completes what its author left out', async () => {
    const { response } = await review('CREATE', { object: blue });
    expect(response.patch).toContainEqual({
      op: 'add',
      path: '/metadata/finalizers',
      value: ['spiderpool.spidernet.io'],
    });
    expect(response.patch).toContainEqual({ op: 'add', path: '/spec/ipVersion', value: 4 });
    const unnamed = { ...blue, metadata: { generateName: 'blue-' } };
    expect((await review('CREATE', { object: unnamed })).response.patch).toEqual(response.patch);
  });

  it('does not let a second apply of the same manifest undo what it stored, whatever the spelling', async () => {
    const manifest = {
      subnet: 'fd00:6::/64',
      ips: ['fd00:6::0-fd00:6::ff'],
      routes: [{ dst: 'fd00:7:1::/32', gw: 'fd00:6::9' }],
    };
    const complete = { ipVersion: 6, default: false, disable: false };
    const spec = {
      ...complete,
      ...manifest,
      ips: ['fd00:6::-fd00:6::ff'],
      routes: [{ dst: 'fd00:7::/32', gw: 'fd00:6::9' }],
    };
    const stored = pool('six', spec, { labels: {}, finalizers: ['spiderpool.spidernet.io'] });
    // What kubectl sends: the fields of the manifest as it spells them, the others as they are.
    const object = { ...stored, spec: { ...complete, ...manifest } };
    const { response } = await review('UPDATE', { oldObject: stored, object });
    const changes = response.patch?.filter(({ path }) => path.startsWith('/spec'));
    expect(changes?.map(({ path, value }) => [path, value])).toEqual([
      ['/spec/ips', spec.ips],
      ['/spec/routes', spec.routes],
    ]);
    expect(response.warnings).toEqual([
      'SpiderIPPool "six": spec.routes: fd00:7:1::/32 has host bits, and is taken for fd00:7::/32',
    ]);
  });

  it('does not make a pool that offers its whole subnet one that offers nothing, because a SpiderSubnet came', async () => {
    await webhook.store.create({
      apiVersion: spiderpool,
      kind: 'SpiderSubnet',
      metadata: { name: 'office' },
      spec: { subnet: '10.6.0.0/24' },
    });
    const before = pool('before', { subnet: '10.6.0.0/24', ipVersion: 4, default: false, disable: false });
    const labelled = { ...before, metadata: { name: 'before', labels: { a: 'b' } } };
    expect((await review('UPDATE', { oldObject: before, object: labelled })).response.patch).toBeUndefined();
    expect((await review('CREATE', { object: before })).response.patch).toContainEqual({
      op: 'add',
      path: '/spec/ips',
      value: [],
    });
  });

  it('adds nothing to what is being deleted, and to a spec that its author did not write', async () => {
    const going = pool('going', { subnet: '10.6.0.0/24' }, { deletionTimestamp: '2030-01-01T00:00:00Z' });
    expect((await review('UPDATE', { oldObject: blue, object: going })).response.patch).toBeUndefined();
    const labelled = { ...blue, metadata: { name: 'blue', labels: { a: 'b' } } };
    const { response } = await review('UPDATE', { oldObject: blue, object: labelled });
    expect(response.patch?.map(({ path }) => path)).toEqual([
      '/metadata/labels/ipam.spidernet.io~1ippool-cidr',
      '/metadata/finalizers',
    ]);
  });
});
