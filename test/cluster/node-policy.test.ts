import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBlock } from '../../src/resources/block.ts';
import { newClaim } from '../../src/resources/claim.ts';
import { historyName, historySegmentName, newHistory, newHistorySegment } from '../../src/resources/history.ts';
import { root } from '../kit/paths.ts';
import { type Finished, run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { binaries, needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import { install } from './installed.ts';

/** Tokens say which node they are of from here on. */
const firstMinor = 32;
const reason =
  needsControlPlane() ||
  (binaries().minor < firstMinor
    ? `the API server is of 1.${binaries().minor}: deploy/node-policy.yaml needs 1.${firstMinor} (set KUBEBUILDER_ASSETS)`
    : '');

describe('deploy/node-policy.yaml on an API server', () => {
  const controlPlane = new ControlPlane();
  let token = '';

  const claim = (address: string, daemon: string): object =>
    newClaim({ address, pool: 'rack', node: daemon, daemon, network: 'net', containerId: 'c', ifname: 'eth0' });
  /** kubectl with the token of node a's daemon. */
  const asDaemon = (args: readonly string[], stdin = ''): Promise<Finished> =>
    run(binaries().path('kubectl'), ['--kubeconfig', '/dev/null', '--server', controlPlane.url, ...trust(), ...args], {
      stdin,
    });
  const trust = (): readonly string[] => ['--certificate-authority', controlPlane.caFile, '--token', token];
  const create = (object: object): Promise<Finished> => asDaemon(['create', '-f', '-'], JSON.stringify(object));

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await install(controlPlane);
    await controlPlane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } });
    const bound = ['--bound-object-kind', 'Node', '--bound-object-name', 'a'];
    const asked = ['create', 'token', 'ipam-daemon', '--namespace', 'berth-system', ...bound];
    token = (await controlPlane.kubectl(...asked)).trim();
    await controlPlane.kubectl('apply', '-f', join(root, 'deploy/node-policy.yaml'));
    await controlPlane.apply(
      claim('10.0.0.1', 'b'),
      newBlock({ cidr: '10.1.0.0/28', pool: 'p', node: 'b', daemon: 'b' }),
    );
    // The API server follows policies with a delay.
    await waitFor('the policy to hold', async () => {
      const { stderr } = await asDaemon(['delete', 'ipc', '10.0.0.1', '--dry-run=server']);
      return stderr.includes('keeps no record of this object') || undefined;
    });
  });
  afterAll(() => controlPlane.stop());

  it('lets a daemon make and delete what it keeps the record of', async () => {
    expect(await create(claim('10.0.0.2', 'a'))).toMatchObject({ exit: 0 });
    expect(await asDaemon(['delete', 'ipc', '10.0.0.2'])).toMatchObject({ exit: 0 });
  });

  it("refuses a daemon's token the claims and blocks of another node, by name", async () => {
    const attempts = [
      await create(claim('10.0.0.3', 'b')),
      await asDaemon(['delete', 'ipc', '10.0.0.1']),
      await asDaemon(['delete', 'ipb', '--all']),
    ];
    for (const { exit, stderr } of attempts) {
      expect(exit).not.toBe(0);
      expect(stderr).toContain('this token is of node a, whose daemon keeps no record of this object');
    }
  });

  it('lets the address of a virtual machine move to its target, which names the source, and nothing else', async () => {
    const vm = { ownerKind: 'VirtualMachine', ownerName: 'vm', podNamespace: 'shop', podName: 'virt-launcher-vm-a' };
    const of = (daemon: string, containerId: string, more: object = {}): object =>
      newClaim({
        address: '10.0.0.9',
        pool: 'rack',
        node: daemon,
        daemon,
        network: 'net',
        containerId,
        ifname: 'eth0',
        ...vm,
        ...more,
      });
    await controlPlane.apply(of('b', 'c1'));
    const replaced = (object: object): Promise<Finished> => asDaemon(['replace', '-f', '-'], JSON.stringify(object));
    for (const more of [{}, { migratedFrom: 'net/other/eth0' }, { migratedFrom: 'net/c1/eth0', ownerName: 'other' }])
      expect(await replaced(of('a', 'c2', more))).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining("an object that is another node's is not changed"),
      });
    expect(await replaced(of('a', 'c2', { migratedFrom: 'net/c1/eth0' }))).toMatchObject({ exit: 0 });
  });

  it('lets a daemon write its own history, none of another, and delete only what nodes have left that are gone', async () => {
    const part = (node: string): object => newHistorySegment({ node, begun: 1, first: 1, last: 2, packed: 'x' });
    await controlPlane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'b' } });
    for (const node of ['b', 'gone'])
      await controlPlane.apply(newHistory({ node, begun: 1, segments: [] }), part(node));
    expect(await create(part('a'))).toMatchObject({ exit: 0 });
    expect(await create(part('c'))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('this token is of node a, whose history this is not'),
    });
    const partName = (node: string): string => historySegmentName({ node, begun: 1, first: 1 });
    // The API server sees nodes with a delay as well.
    await waitFor('the policy to know node b', async () => {
      const args = ['delete', 'iph', historyName({ node: 'b', begun: 1 }), '--dry-run=server'];
      const { stderr } = await asDaemon(args);
      return stderr.includes('node b is there: what it remembers is its own to delete') || undefined;
    });
    expect(await asDaemon(['delete', 'iphs', partName('a')])).toMatchObject({ exit: 0 });
    expect(await asDaemon(['delete', 'iphs', partName('gone')])).toMatchObject({ exit: 0 });
    expect(await asDaemon(['delete', 'iphs', partName('b')])).not.toMatchObject({ exit: 0 });
  });

  it('leaves others alone', async () => {
    await controlPlane.kubectl('delete', 'ipc', '10.0.0.1');
  });
});
