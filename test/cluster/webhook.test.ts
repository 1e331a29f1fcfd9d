import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClaim } from '../../src/resources/claim.ts';
import { issue, newAuthority, newKey } from '../../src/tls/issue.ts';
import { badManifests, heldAddresses, presentManifests } from '../bad-input/bad-manifests.ts';
import { freePort } from '../kit/free-port.ts';
import { type Finished, run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { binaries, needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import { installKinds, schemasPublished } from './installed.ts';
import { publishedManifests } from './published-manifests.ts';
import { admitWebhook, registerWebhook, WebhookReplica } from './webhook-replica.ts';

const reason = needsControlPlane();
const dayMs = 86_400_000;

describe('the admission webhook of a Kubernetes API server', () => {
  const controlPlane = new ControlPlane();
  let replica: WebhookReplica;

  const kubectl = (stdin: string, ...args: string[]): Promise<Finished> =>
    run(binaries().path('kubectl'), ['--kubeconfig', controlPlane.kubeconfig(), ...args], { stdin });
  const apply = (manifest: string, ...more: string[]): Promise<Finished> =>
    kubectl(manifest, 'apply', '-f', '-', ...more);
  const pool = (name: string, spec: object): string =>
    JSON.stringify({ apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec });
  const claim = (address: string, of: string): object =>
    newClaim({ address, pool: of, node: 'n1', daemon: 'd', network: 'net', containerId: 'c', ifname: 'eth0' });
  const json = async (...args: string[]) => JSON.parse(await controlPlane.kubectl('get', ...args, '-o', 'json'));
  const unguarded = (name: string): Promise<string> =>
    controlPlane.kubectl('patch', 'sp', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
  /** The API server follows registrations with a delay. */
  const asked = (): Promise<true> =>
    waitFor('the webhook to be asked', async () => {
      const { stderr } = await apply(pool('probe', { subnet: '10.1.0.0/24', ips: ['10.2.0.1'] }), '--dry-run=server');
      return stderr.includes('denied the request') || undefined;
    });

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await installKinds(controlPlane);
    await admitWebhook(controlPlane);
    // Its first certificate is due for replacement today.
    // Its port is one that no outgoing connection takes while it is down.
    replica = await WebhookReplica.start(controlPlane, { port: await freePort(), behindMs: 61 * dayMs });
    await registerWebhook(controlPlane, replica.webhook.port);
    await replica.webhook.refresh();
    await asked();
    // Some of the bad manifests are for kubectl to refuse.
    await schemasPublished(controlPlane);
    await controlPlane.apply(presentManifests, ...heldAddresses.map((address) => claim(address, 'blue')));
  });
  afterAll(async () => {
    await replica?.stop();
    await controlPlane.stop();
  });

  describe('leaves nothing through, and says what is wrong and what to do:', () => {
    // kubectl drops a namespace where there is none.
    const refused = badManifests.filter(({ what }) => what !== 'a pool in a namespace');

    it.each(refused.map((bad) => [bad.what, bad] as const))('%s', async (_what, { manifest, says, advice }) => {
      const { exit, stderr } = await kubectl(manifest, 'apply', '-f', '-');
      expect(exit).not.toBe(0);
      const isAboutText = says.startsWith('new.yaml');
      // What does not fit its definition, kubectl and the API server refuse in words of their own.
      if (isAboutText && !stderr.includes('denied the request')) return;
      const [what, more] = [says.replace('new.yaml: document 1: ', ''), advice === undefined ? '' : `; ${advice}`];
      expect(stderr).toContain(`admission webhook "validate.webhook.berth.network" denied the request: ${what}${more}`);
    });
  });

  it('takes every published manifest, and stores it complete', async () => {
    await controlPlane.apply(...publishedManifests);
    const { metadata, spec } = await json('sp', 'in-subnet');
    expect(spec).toMatchObject({ ipVersion: 4, default: false, disable: false });
    expect(metadata).toMatchObject({
      finalizers: ['spiderpool.spidernet.io'],
      labels: {
        'ipam.spidernet.io/ippool-cidr': '10-61-0-0-16',
        'ipam.spidernet.io/owner-spider-subnet': 'subnet-v4',
      },
      ownerReferences: [{ kind: 'SpiderSubnet', name: 'subnet-v4', controller: true }],
    });
    expect((await json('ss', 'subnet-v4')).metadata.finalizers).toEqual(['spiderpool.spidernet.io']);
    expect((await json('sr', 'reserved-v4')).spec.ipVersion).toBe(4);
    // Applied again, nothing changes: what the webhook added, or spelt its way, is nobody's to take away.
    const stored = async (): Promise<string[]> =>
      (await json('ss,sp,sr')).items.map(
        ({ metadata: { name, resourceVersion } }: { metadata: { name: string; resourceVersion: string } }) =>
          `${name} ${resourceVersion}`,
      );
    const before = await stored();
    const { exit, stderr } = await apply(publishedManifests.map((one) => `---\n${JSON.stringify(one)}\n`).join(''));
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(await stored()).toEqual(before);
  });

  it('keeps a pool until its last address is back', async () => {
    await controlPlane.apply(pool('brief', { subnet: '10.33.0.0/24' }), claim('10.33.0.7', 'brief'));
    await controlPlane.kubectl('delete', 'sp', 'brief', '--wait=false');
    const { metadata } = await json('sp', 'brief');
    expect(metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers: ['spiderpool.spidernet.io'] });
    await controlPlane.kubectl('delete', 'ipc', '10.33.0.7');
    // Its finalizer is the controller's to take off, and the webhook does not put it back.
    const changed = await apply(pool('brief', { subnet: '10.33.0.0/24', disable: true }));
    expect(changed.stderr).toContain('is being deleted and cannot change');
    await unguarded('brief');
    expect(await controlPlane.get('/apis/spiderpool.spidernet.io/v2beta1/spiderippools/brief')).toBeUndefined();
    // At once, although the former one was allowed a moment ago.
    await controlPlane.apply(pool('brief-again', { subnet: '10.33.0.0/24' }));
  });

  it('lets a second apply of a manifest change nothing, however that spells addresses', async () => {
    const manifest = pool('spelt', {
      subnet: 'fd00:192:1278::/64',
      ips: ['fd00:192:1278::0010-fd00:192:1278::0020'],
      routes: [{ dst: 'fd00:192:1278::/32', gw: 'fd00:192:1278::fe' }],
    });
    const first = await apply(manifest);
    expect(first.stderr).toContain('fd00:192:1278::/32 has host bits, and is taken for fd00:192::/32');
    const stored = await json('sp', 'spelt');
    expect(stored.spec).toMatchObject({
      ips: ['fd00:192:1278::10-fd00:192:1278::20'],
      routes: [{ dst: 'fd00:192::/32' }],
    });
    await apply(manifest);
    const after = await json('sp', 'spelt');
    expect([after.spec, after.metadata.generation]).toEqual([stored.spec, stored.metadata.generation]);
    await unguarded('spelt');
  });

  it('answers a trial as it would the write', async () => {
    const good = pool('trial', { subnet: '10.34.0.0/24' });
    expect(await apply(good, '--dry-run=server')).toMatchObject({ exit: 0 });
    expect((await apply(pool('trial', { subnet: '10.6.0.0/24' }), '--dry-run=server')).stderr).toContain('overlaps');
    // Of two that overlap, a trial does not keep the other away.
    await controlPlane.apply(pool('no-trial', { subnet: '10.34.0.0/24' }));
  });

  it('is not asked about claims, nor about the status of pools', async () => {
    const before = replica.reviews.length;
    await controlPlane.apply(claim('10.33.0.8', 'brief-again'));
    const path = '/apis/spiderpool.spidernet.io/v2beta1/spiderippools/brief-again/status';
    const body = { status: { totalIPCount: 254, allocatedIPCount: 1 } };
    const { status } = await controlPlane.request('PATCH', path, body, 'application/merge-patch+json');
    expect(status).toBe(200);
    await controlPlane.kubectl('delete', 'ipc', '10.33.0.8');
    expect(replica.reviews.slice(before)).toEqual([]);
  });

  it('lets one of two pools pass that overlap, written at one instant through two replicas', async () => {
    const [now, lifetimeMs] = [Date.now(), dayMs];
    const authority = newAuthority({ name: 'clients', now, lifetimeMs });
    const key = newKey();
    const cert = issue({
      authority,
      subject: { name: 'kube-apiserver' },
      hosts: [],
      uses: ['client'],
      key,
      now,
      lifetimeMs,
    });
    const proven = { callers: { ca: authority.cert, names: ['kube-apiserver'] }, card: { cert, key } };
    const { behindMs } = replica;
    const one = await WebhookReplica.start(controlPlane, { behindMs, proven });
    const other = await WebhookReplica.start(controlPlane, { behindMs, proven });
    try {
      for (const octet of [40, 41, 42, 43, 44, 45]) {
        const [left, right] = ['left', 'right'].map((side) =>
          JSON.parse(pool(`${side}-${octet}`, { subnet: `10.${octet}.0.0/24` })),
        );
        const verdicts = await Promise.all([one.wouldCreate(left), other.wouldCreate(right)]);
        expect(verdicts.sort()).toEqual([false, true]);
      }
    } finally {
      await one.stop();
      await other.stop();
    }
  });

  it('serves a new certificate without a moment of refusal', async () => {
    const served = async (): Promise<string> => {
      const socket = connect({ host: '127.0.0.1', port: replica.webhook.port, rejectUnauthorized: false });
      const { fingerprint256 } = await new Promise<{ fingerprint256: string }>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('secureConnect', () => resolve(socket.getPeerCertificate()));
      });
      socket.destroy();
      return fingerprint256;
    };
    const first = await served();
    let isOver = false;
    const failures: string[] = [];
    const writes = (async () => {
      for (let count = 0; !isOver; count += 1) {
        const labels = { metadata: { labels: { count: String(count) } } };
        const path = '/apis/spiderpool.spidernet.io/v2beta1/spiderippools/blue';
        const { status, text } = await controlPlane.request('PATCH', path, labels, 'application/merge-patch+json');
        if (status !== 200) failures.push(text);
      }
    })();
    replica.behindMs = 15 * 60_000;
    await replica.webhook.refresh();
    expect(await served()).toBe(first);
    const bundles = async () =>
      (await json('validatingwebhookconfiguration,mutatingwebhookconfiguration', 'berth-webhook')).items.map(
        (item: { webhooks: { clientConfig: { caBundle: string } }[] }) =>
          atob(item.webhooks[0]?.clientConfig.caBundle ?? '').split('BEGIN CERTIFICATE').length - 1,
      );
    expect(await bundles()).toEqual([2, 2]);
    replica.behindMs = 0;
    await replica.webhook.refresh();
    expect(await served()).not.toBe(first);
    // A replica of later knows only the Secret, and has no connection that was believed before.
    const { port } = replica.webhook;
    isOver = true;
    await writes;
    expect(failures).toEqual([]);
    await replica.stop();
    replica = await WebhookReplica.start(controlPlane, { port });
    await asked();
  });

  it('while it is down, keeps pools from being written, and claims go on', async () => {
    const { port } = replica.webhook;
    await replica.stop();
    const { exit, stderr } = await apply(pool('late', { subnet: '10.35.0.0/24' }));
    expect(exit).not.toBe(0);
    expect(stderr).toContain('failed calling webhook "mutate.webhook.berth.network"');
    const gone = await kubectl('', 'delete', 'sp', 'no-trial', '--wait=false');
    expect(gone.stderr).toContain('failed calling webhook "validate.webhook.berth.network"');
    await controlPlane.apply(claim('10.33.0.9', 'brief-again'));
    await controlPlane.kubectl('delete', 'ipc', '10.33.0.9');
    replica = await WebhookReplica.start(controlPlane, { port });
    await controlPlane.apply(pool('late', { subnet: '10.35.0.0/24' }));
  });
});
