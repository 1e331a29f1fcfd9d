import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolSpec } from '../../src/resources/pool.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { referencePlugins } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { Segment } from '../kit/segment.ts';
import { skipEach } from '../kit/skip.ts';
import { writePool } from '../kit/write-pool.ts';

describe('strangers on the segment of a Pod', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.90.0.0/24', config: 'conflicts:\n  detection: warn\n' });
  const segment = new Segment('bc');
  let count = 0;

  skipEach(needsRoot);
  beforeAll(async () => {
    if (needsRoot !== '') return;
    await segment.create();
    await daemon.start();
  });
  afterAll(async () => {
    await segment.remove();
    await daemon.remove();
  });

  const stranger = (...addresses: readonly string[]) => segment.stranger(...addresses);
  const apply = (name: string, spec: Partial<PoolSpec>): Promise<void> =>
    writePool(daemon, name, { conflictDetection: 'refuse', ...spec });

  /** By macvlan, which makes the interface before it asks for addresses. */
  async function add(...pools: readonly string[]): Promise<CniResult> {
    const pod = await segment.pod();
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, pools };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'macvlan', master: segment.link, mode: 'bridge', ipam };
    return cni(`${referencePlugins}/macvlan`, config, { command: 'ADD', containerId: `c${count++}`, netns: pod.path });
  }

  const given = ({ json }: CniResult): readonly string[] =>
    (json.ips ?? []).map(({ address }) => address.split('/')[0] ?? '');

  it('keep one address of each family: the Pod gets the next ones, and the quarantine says whose MAC it was', async () => {
    const { mac } = await stranger('10.91.0.2/24', 'fd91::2/64');
    await apply('one', { subnet: '10.91.0.0/24', ips: ['10.91.0.2-10.91.0.9'] });
    await apply('one6', { subnet: 'fd91::/64', ips: ['fd91::2-fd91::9'] });
    expect(given(await add('one'))).toEqual(['10.91.0.3']);
    expect(given(await add('one6'))).toEqual(['fd91::3']);
    for (const address of ['10.91.0.2', 'fd91::2']) {
      expect((await daemon.cli('lookup', address)).stdout).toContain(`answered by ${mac}`);
    }
    expect(await httpText(daemon.socket, '/metrics')).toContain(
      'ipam_neighbour_answers_total{what="address",answer="somebody",family="6"} 1',
    );
  });

  it('of both families are found by one ADD, which gives neither address', async () => {
    await stranger('10.96.0.2/24', 'fd96::2/64');
    await apply('two', { subnet: '10.96.0.0/24', ips: ['10.96.0.2-10.96.0.9'] });
    await apply('two6', { subnet: 'fd96::/64', ips: ['fd96::2-fd96::9'] });
    const result = await add('two', 'two6');
    expect(result.json.msg).toBeUndefined();
    expect(given(result)).toEqual(['10.96.0.3', 'fd96::3']);
  });

  it('keep half of a pool: every Pod gets an address of the other half, and no address is lost', async () => {
    const addresses = Array.from({ length: 8 }, (_, n) => `10.92.0.${10 + n}`);
    await stranger(...addresses.filter((_, n) => n % 2 === 0).map((address) => `${address}/24`));
    await apply('half', { subnet: '10.92.0.0/24', ips: ['10.92.0.10-10.92.0.17'] });
    const results: CniResult[] = [];
    for (let n = 0; n < 4; n += 1) results.push(await add('half'));
    expect(results.flatMap(given).sort()).toEqual(addresses.filter((_, n) => n % 2 === 1));
    const { json } = await add('half');
    expect(json).toMatchObject({ code: 100 });
  });

  it('answer late: they are waited for', async () => {
    await segment.lateStranger(daemon.directory, '10.93.0.2', 300);
    await apply('late', { subnet: '10.93.0.0/24', ips: ['10.93.0.2-10.93.0.3'] });
    expect(given(await add('late'))).toEqual(['10.93.0.3']);
  });

  it('are told of only, where the pool says so', async () => {
    await stranger('10.94.0.2/24');
    await apply('told', { subnet: '10.94.0.0/24', ips: ['10.94.0.2-10.94.0.3'], conflictDetection: 'warn' });
    expect(given(await add('told'))).toEqual(['10.94.0.2']);
    expect(daemon.log).toContain('somebody else uses an address');
  });

  it('are not the gateway: without it no Pod gets an address, and with two that claim it the log names both', async () => {
    await apply('gated', { subnet: '10.95.0.0/24', gateway: '10.95.0.1', gatewayDetection: 'refuse' });
    expect((await add('gated')).json).toMatchObject({
      code: 11,
      msg: 'gateway 10.95.0.1 of pool "gated" does not answer',
    });
    const { mac: gateway } = await stranger('10.95.0.1/24');
    const result = await add('gated');
    expect(result.json.msg).toBeUndefined();
    expect(given(result)).toHaveLength(1);
    const { mac: other } = await stranger('10.95.0.1/24');
    expect(given(await add('gated'))).toHaveLength(1);
    const line = daemon.log.split('\n').find((text) => text.includes('a gateway is claimed by')) ?? '';
    expect(line).toContain(gateway);
    expect(line).toContain(other);
  });

  it('cannot be asked for before there is an interface: ptp gets its address, and the log says why', async () => {
    const pod = await segment.pod();
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'ptp', ipam };
    const result = await cni(`${referencePlugins}/ptp`, config, {
      command: 'ADD',
      containerId: 'ptp',
      netns: pod.path,
    });
    expect(result).toMatchObject({ exit: 0 });
    expect(daemon.log).toContain('cannot tell whether somebody else uses an address');
  });
});
