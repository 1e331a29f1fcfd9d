import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../kit/paths.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { callDelegate } from './attach.ts';
import { attachmentDefinitions } from './attachment-definitions.ts';
import { needsNodes } from './binaries.ts';
import { busyboxImage } from './image.ts';
import { served } from './installed.ts';
import { hasCondition, type Pod } from './pod.ts';
import { Underlay } from './underlay.ts';

const reason = needsNodes();
const folder = join(root, 'deploy/examples');
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  // What else is there is for other programs: kube-scheduler's is tried where that runs.
  .filter((name) => existsSync(join(folder, name, 'pools.yaml')));

/** The very files of deploy/examples, all applied together; each test looks at what one page says. */
describe('examples', () => {
  const underlay = new Underlay({ ipam: () => ({ type: 'spiderpool' }) });
  const { cluster } = underlay;
  const file = (example: string, name: string): string => join(folder, example, name);
  const apply = (example: string, ...names: string[]): Promise<string> =>
    cluster.kubectl('apply', ...names.flatMap((name) => ['-f', file(example, name)]));

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await underlay.start();
    for (const node of cluster.nodes) await node.ctr('images', 'tag', busyboxImage, 'docker.io/library/busybox:1.36');
    await cluster.kubectl('label', 'node', 'node1', 'example.net/rack=a');
    await cluster.kubectl('label', 'node', 'node2', 'example.net/rack=b', 'example.net/disk=ssd');
    await cluster.apply(attachmentDefinitions);
    await served(cluster.controlPlane, [
      { apiVersion: 'k8s.cni.cncf.io/v1', plural: attachmentDefinitions.spec.names.plural },
    ]);
    for (const example of examples) await apply(example, 'pools.yaml');
    for (const namespace of ['tenant-a', 'tenant-b', 'team']) await cluster.serviceAccountReady(namespace);
    // An application whose owner must be there first, and a network, are applied by their tests.
    for (const example of examples.filter((name) => name !== 'third-party-controller'))
      await apply(example, 'app.yaml');
  }, 300_000);
  afterAll(() => underlay.stop());

  const addressOf = ({ status }: Pod): string => status.podIP ?? '';

  /** Waits until just so many of the selected Pods are ready. */
  function someReady(selector: string, count: number): Promise<readonly Pod[]> {
    return waitFor(
      `${count} Pods ${selector} to be ready`,
      async () => {
        const ready = (await underlay.pods(selector)).filter((pod) => hasCondition(pod, 'Ready'));
        return ready.length === count ? ready : undefined;
      },
      120_000,
      200,
    );
  }

  it('multi-subnet: each Pod has an address of the subnet that its node is in', async () => {
    const pods = await underlay.podsReady('app=everywhere', 2);
    const found = Object.fromEntries(pods.map((pod) => [pod.spec.nodeName, addressOf(pod)]));
    expect(found).toEqual({
      node1: expect.stringMatching(/^10\.20\.1\./),
      node2: expect.stringMatching(/^10\.20\.2\./),
    });
  });

  it('backup-pools: the list is used up in order, then the next Pod waits and says so', async () => {
    const all = ['10.21.0.10', '10.21.0.11', '10.21.0.20', '10.21.0.30'];
    expect((await underlay.podsReady('app=shop', 4)).map(addressOf).sort()).toEqual(all);
    await cluster.kubectl('scale', 'deployment/shop', '--replicas=5');
    await underlay.refusal('app=shop', /"shop" has 2 of 2.*"spare-1" has 1 of 1.*"spare-2" has 1 of 1/);
    const [first] = await someReady('app=shop', 4);
    await cluster.kubectl('delete', '--wait=false', 'pod', first?.metadata.name ?? '');
    // The one that waited has the address now, and another one waits.
    expect((await someReady('app=shop', 4)).map(addressOf).sort()).toEqual(all);
    await cluster.kubectl('scale', 'deployment/shop', '--replicas=4');
  });

  it('node-affinity: Pods on other nodes get none, and say why', async () => {
    const [byName] = await someReady('app=by-name', 1);
    expect([byName?.spec.nodeName, byName?.status.podIP]).toEqual(['node1', expect.stringMatching(/^10\.22\.0\.[12]/)]);
    const [byLabel] = await someReady('app=by-label', 1);
    expect([byLabel?.spec.nodeName, byLabel?.status.podIP]).toEqual([
      'node2',
      expect.stringMatching(/^10\.22\.0\.[34]/),
    ]);
    await underlay.refusal('app=by-name', '"node1-only" is for nodes "node1", and this is node "node2"');
    await underlay.refusal('app=by-label', 'node "node1" has no example.net/disk');
  });

  it('namespace-affinity: a pool of one tenant is not for another', async () => {
    expect(addressOf(await cluster.podReady('allowed', 'tenant-a'))).toMatch(/^10\.23\.0\.[12]/);
    expect(addressOf(await cluster.podReady('own', 'tenant-b'))).toMatch(/^10\.23\.0\.[34]/);
    await underlay.refusal(
      'app=refused',
      '"tenant-a-only" is for namespaces labelled example.net/tenant=a, and namespace "tenant-b" has no example.net/tenant',
      'tenant-b',
    );
  });

  it('namespace-default-pools: one address of each IP family, unless the Pod says otherwise', async () => {
    const plain = await cluster.podReady('plain', 'team');
    const both = [expect.stringMatching(/^10\.24\.0\./), expect.stringMatching(/^fd00:24::/)];
    expect((await underlay.claimedBy(plain)).toSorted()).toEqual(both);
    const shown = await cluster.exec('plain', ['ip', '-o', 'address', 'show', 'eth0'], 'team');
    for (const address of await underlay.claimedBy(plain)) expect(shown).toContain(` ${address}/`);
    expect(await underlay.claimedBy(await cluster.podReady('four-only', 'team'))).toEqual(both.slice(0, 1));
  });

  it('application-affinity: the range is for that application', async () => {
    for (const pod of await underlay.podsReady('app=payments', 2))
      expect(addressOf(pod)).toMatch(/^10\.25\.0\.1[012]$/);
    await underlay.refusal('app=stranger', '"payments-only" is for Pods labelled app=payments');
  });

  it('reserved-ip: no Pod gets a reserved address until the reservation ends', async () => {
    expect((await someReady('app=office', 1)).map(addressOf)).toEqual(['10.26.0.12']);
    await underlay.refusal('app=office', '"floor" has 1 of 1 in use');
    await cluster.kubectl('delete', 'spiderreservedip', 'printers');
    const both = (await underlay.podsReady('app=office', 2)).map(addressOf).sort();
    expect(both).toEqual([expect.stringMatching(/^10\.26\.0\.1[01]$/), '10.26.0.12']);
  });

  it('routes: by the gateway, of the pool, of the Pod', async () => {
    await cluster.podReady('routed');
    const table = await cluster.exec('routed', ['ip', 'route']);
    for (const line of ['default via 10.27.0.1', '10.127.0.0/16 via 10.27.0.2', '10.128.0.0/16 via 10.27.0.3'])
      expect(table).toContain(`${line} dev eth0`);
  });

  it('multi-nic: each interface has its pool, one has the way out', async () => {
    await apply('multi-nic', 'network.yaml');
    const pod = await cluster.podReady('two-nics');
    const path = '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions/san';
    const definition = await cluster.controlPlane.get<{ spec: { config: string } }>(path);
    const network = JSON.parse(definition?.spec.config ?? '') as { name: string; type: string };
    const sandbox = await underlay.sandbox(pod);
    await callDelegate('ADD', sandbox, 'net1', network);
    const addresses = await cluster.exec('two-nics', ['ip', '-o', '-4', 'address']);
    expect(addresses).toMatch(/eth0 +inet 10\.28\.0\.\d+\/24/);
    expect(addresses).toMatch(/net1 +inet 10\.29\.0\.\d+\/24/);
    const table = await cluster.exec('two-nics', ['ip', 'route']);
    expect(table.match(/^default .*$/gm)?.map((line) => line.trim())).toEqual(['default via 10.28.0.1 dev eth0']);
    expect(table).toContain('10.129.0.0/16 via 10.29.0.1 dev net1');
    await callDelegate('DEL', sandbox, 'net1', network);
  });

  it('third-party-controller: a Pod of a Game has an address, which stays for the next one of its name until it is freed', async () => {
    await apply('third-party-controller', 'kind.yaml');
    await served(cluster.controlPlane, [{ apiVersion: 'example.net/v1', plural: 'games' }]);
    await apply('third-party-controller', 'game.yaml');
    const uid = await cluster.kubectl('get', 'game', 'chess', '-o', 'jsonpath={.metadata.uid}');
    await cluster.apply(readFileSync(file('third-party-controller', 'app.yaml'), 'utf8').replace('$UID', uid));
    const pod = await cluster.podReady('chess-0');
    expect(addressOf(pod)).toMatch(/^10\.30\.0\./);
    await cluster.kubectl('delete', '--wait=false', 'game', 'chess');
    // The garbage collector of the controller manager learns of a new kind within half a minute.
    const isParked = async (): Promise<true | undefined> =>
      (await underlay.claims()).some(({ spec }) => spec.address === addressOf(pod) && spec.parkedAt !== undefined) ||
      undefined;
    await waitFor('its address to be parked', isParked, 120_000, 200);
    // Nobody can tell that no Game will make it again: else it is ten minutes.
    expect(await underlay.daemon('node1').cli('unkeep', 'pod/default/chess-0')).toContain(
      `free again: ${addressOf(pod)}`,
    );
    expect(await underlay.claimedBy(pod)).toEqual([]);
  }, 300_000);

  it('all give their addresses back', async () => {
    const apps = examples.flatMap((example) => ['-f', file(example, 'app.yaml')]);
    await cluster.kubectl('delete', '--wait=false', '--ignore-not-found', ...apps);
    await underlay.settled(0);
  });

  it('are all tested and described', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    const tests = readFileSync(import.meta.filename, 'utf8');
    for (const example of examples) {
      expect(index).toContain(`[${example}](${example})`);
      expect(tests).toContain(`it('${example}: `);
      expect(readdirSync(join(folder, example))).toEqual(
        expect.arrayContaining(['README.md', 'app.yaml', 'pools.yaml']),
      );
    }
  });
});
