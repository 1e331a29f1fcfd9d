import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolSpec } from '../../src/resources/pool.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess, httpText } from '../kit/daemon-process.ts';
import { Namespace } from '../kit/namespace.ts';
import { referencePlugins } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { must, run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { writePool } from '../kit/write-pool.ts';

/** The segment: whoever hangs on this link by macvlan hears all others. */
const segment = `bc${process.pid}`;

/** Somebody on the segment whom no daemon knows: a router, an appliance, a cluster of others. */
class Stranger {
  readonly namespace: Namespace;

  constructor(name: string) {
    this.namespace = new Namespace(name);
  }

  async join(...addresses: readonly string[]): Promise<string> {
    const { name } = await this.namespace.create();
    await must('ip', [
      'link',
      'add',
      'link',
      segment,
      'name',
      'e0',
      'netns',
      name,
      'type',
      'macvlan',
      'mode',
      'bridge',
    ]);
    await this.namespace.exec('ip', 'link', 'set', 'e0', 'up');
    for (const address of addresses) await this.take(address);
    const [link] = JSON.parse(await this.namespace.exec('ip', '-j', 'link', 'show', 'dev', 'e0')) as {
      address: string;
    }[];
    return link?.address ?? '';
  }

  async take(address: string): Promise<void> {
    await this.namespace.exec('ip', 'addr', 'add', address, 'dev', 'e0', ...(address.includes(':') ? ['nodad'] : []));
  }
}

describe('strangers on the segment of a Pod', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.90.0.0/24', config: 'conflicts:\n  detection: warn\n' });
  const namespaces: Namespace[] = [];
  let count = 0;

  skipEach(needsRoot);
  beforeAll(async () => {
    if (needsRoot !== '') return;
    await must('ip', ['link', 'add', segment, 'type', 'veth', 'peer', 'name', `${segment}p`]);
    await must('ip', ['link', 'set', segment, 'up']);
    await must('ip', ['link', 'set', `${segment}p`, 'up']);
    await daemon.start();
  });
  afterAll(async () => {
    for (const one of namespaces) await one.delete();
    await run('ip', ['link', 'delete', segment]);
    await daemon.remove();
  });

  async function stranger(...addresses: readonly string[]): Promise<{ readonly mac: string; readonly who: Stranger }> {
    const who = new Stranger(`stranger${count++}`);
    namespaces.push(who.namespace);
    return { who, mac: await who.join(...addresses) };
  }

  const apply = (name: string, spec: Partial<PoolSpec>): Promise<void> =>
    writePool(daemon, name, { conflictDetection: 'refuse', ...spec });

  /** By macvlan, which makes the interface before it asks for addresses. */
  async function add(...pools: readonly string[]): Promise<CniResult> {
    const id = `c${count++}`;
    const pod = await new Namespace(id).create();
    namespaces.push(pod);
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, pools };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'macvlan', master: segment, mode: 'bridge', ipam };
    return cni(`${referencePlugins}/macvlan`, config, { command: 'ADD', containerId: id, netns: pod.path });
  }

  const given = ({ json }: CniResult): readonly string[] =>
    (json.ips ?? []).map(({ address }) => address.split('/')[0] ?? '');

  it('keep one address of each family: the Pod gets the next ones, and the quarantine says whose MAC it was', async () => {
    const { mac } = await stranger('10.91.0.2/24', 'fd91::2/64');
    await apply('one', { subnet: '10.91.0.0/24', ips: ['10.91.0.2-10.91.0.9'] });
    await apply('one6', { subnet: 'fd91::/64', ips: ['fd91::2-fd91::9'] });
    const result = await add('one', 'one6');
    expect(result.json.msg).toBeUndefined();
    expect(given(result)).toEqual(['10.91.0.3', 'fd91::3']);
    for (const address of ['10.91.0.2', 'fd91::2']) {
      expect((await daemon.cli('lookup', address)).stdout).toContain(`answered by ${mac}`);
    }
    expect(await httpText(daemon.socket, '/metrics')).toContain(
      'ipam_neighbour_answers_total{what="address",answer="somebody",family="6"} 1',
    );
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
    const { who } = await stranger();
    const program = join(daemon.directory, 'late-answer');
    const source = new URL('late-answer.c', import.meta.url).pathname;
    await must('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
    const late = spawn('ip', ['netns', 'exec', who.namespace.name, program, 'e0', '10.93.0.2', '300']);
    try {
      await once(late.stdout, 'data');
      await apply('late', { subnet: '10.93.0.0/24', ips: ['10.93.0.2-10.93.0.3'] });
      expect(given(await add('late'))).toEqual(['10.93.0.3']);
    } finally {
      late.kill();
      await once(late, 'exit');
    }
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
    const pod = await new Namespace(`ptp${count++}`).create();
    namespaces.push(pod);
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
