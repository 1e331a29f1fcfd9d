import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';

const netns = '/var/run/netns/none';

describe('CNI STATUS', () => {
  // Two blocks of two addresses for Pods each.
  const daemon = new DaemonProcess({
    clusterCidr: '10.77.0.0/29',
    args: ['--block-size', '30'],
    config: 'allocation:\n  cooldown: 0s\n',
  });
  const network = (name: string, ipam: object) => ({
    cniVersion: '1.1.0',
    name,
    type: 'ptp',
    ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, ...ipam },
  });
  const call = (config: object, command: string, containerId?: string) =>
    cni('ipam-plugin', config, { command, ...(containerId === undefined ? {} : { containerId, netns }) });

  beforeAll(() => daemon.start());
  afterAll(() => daemon.remove());

  /** ADDs until one is refused. @returns the containers that got an address */
  async function fill(config: object, prefix: string): Promise<readonly string[]> {
    for (let index = 0; ; index += 1) {
      expect(await call(config, 'STATUS'), 'what STATUS says before an ADD that succeeds').toMatchObject({ exit: 0 });
      const { exit } = await call(config, 'ADD', `${prefix}${index}`);
      if (exit !== 0) return Array.from({ length: index }, (_, one) => `${prefix}${one}`);
      if ((await call(config, 'STATUS')).exit !== 0)
        return Array.from({ length: index + 1 }, (_, one) => `${prefix}${one}`);
    }
  }

  const sources: readonly (readonly [string, object, number])[] = [
    ['pools with blocks', {}, 2],
    ['ranges', { ranges: [[{ subnet: '10.78.0.0/24', rangeStart: '10.78.0.10', rangeEnd: '10.78.0.12' }]] }, 3],
  ];

  it.each(sources)('says 50 exactly when no ADD from %s would succeed, and why', async (name, ipam, count) => {
    const config = network(name.replaceAll(' ', '-'), ipam);
    const holders = await fill(config, name.slice(0, 1));
    expect(holders).toHaveLength(count);
    const full = await call(config, 'STATUS');
    expect(full).toMatchObject({ exit: 1, json: { code: 50, msg: expect.stringMatching(/no IPv4 address is left/) } });
    expect(await call(config, 'ADD', 'one-too-many')).toMatchObject({ exit: 1 });
    expect(await call(config, 'DEL', holders[0])).toMatchObject({ exit: 0 });
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 0 });
    expect(await call(config, 'ADD', 'again')).toMatchObject({ exit: 0 });
  });

  it('says 50 when a pool that the network names is not there, or is disabled', async () => {
    const config = network('named', { pools: ['later'] });
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 1, json: { code: 50 } });
    const file = join(daemon.directory, 'pool.yaml');
    const pool = (disable: boolean) =>
      writeFileSync(
        file,
        `apiVersion: spiderpool.spidernet.io/v2beta1\nkind: SpiderIPPool\nmetadata: { name: later }\nspec: { ipVersion: 4, subnet: 10.79.0.0/24, ips: [10.79.0.10], disable: ${disable} }\n`,
      );
    pool(false);
    expect(await daemon.cli('apply', '-f', file)).toMatchObject({ exit: 0 });
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 0 });
    pool(true);
    expect(await daemon.cli('apply', '-f', file)).toMatchObject({ exit: 0 });
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 1, json: { code: 50 } });
  });

  it('says 50 when an ADD would find no resolv.conf', async () => {
    const config = network('dns', {
      resolvConf: join(daemon.directory, 'resolv.conf'),
      ranges: [[{ subnet: '10.80.0.0/24' }]],
    });
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 1, json: { code: 50 } });
    writeFileSync(join(daemon.directory, 'resolv.conf'), 'nameserver 10.0.0.53\n');
    expect(await call(config, 'STATUS')).toMatchObject({ exit: 0 });
  });

  it('asks only for the families that the network asks for', async () => {
    const pools = { pools: ['cluster-ipv4'], families: [4] };
    expect(await call(network('families', pools), 'STATUS')).toMatchObject({ exit: 1, json: { code: 50 } });
    expect(
      await call(network('families', { ranges: [[{ subnet: 'fd00:81::/64' }]], families: [6] }), 'STATUS'),
    ).toMatchObject({ exit: 0 });
  });
});
