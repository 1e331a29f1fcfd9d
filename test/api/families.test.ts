import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Client, openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';

const v6 = { total: '18446744073709551614', available: '18446744073709551609' };

describe('an exhausted IPv4 /29 beside an IPv6 /64 that is nearly empty', () => {
  let port = 0;
  let daemon: DaemonProcess;
  let client: Client;
  const data = async (...args: string[]) => JSON.parse((await daemon.cli(...args, '-o', 'json')).stdout);

  beforeAll(async () => {
    port = await freePort();
    daemon = new DaemonProcess({
      clusterCidr: '10.9.0.0/29,fd00:9::/64',
      args: ['--block-size', '29', '--metrics-addr', `127.0.0.1:${port}`],
    });
    await daemon.start();
    client = openClient(daemon.socket, 60_000);
    for (let n = 1; n <= 5; n += 1) await client.call('AllocateIP', { node_id: 'node1', container_id: `c${n}` });
  });
  afterAll(async () => {
    client?.close();
    await daemon?.remove();
  });

  it('shows as exhausted in the table of ipam-cli stats, and each node by family', async () => {
    const { stdout } = await daemon.cli('stats');
    expect(stdout).toMatch(/Addresses: +5 \(IPv4\), 18446744073709551614 \(IPv6\)\n/);
    expect(stdout).toMatch(/Used: +5 \(IPv4\), 5 \(IPv6\)\n/);
    expect(stdout).toMatch(/Available: +0 \(IPv4\), 18446744073709551609 \(IPv6\)\n/);
    expect(stdout).toMatch(/Usage: +100\.0% \(IPv4\), <0\.1% \(IPv6\)\n/);
    expect(stdout).toMatch(/node1 +IPv4 +1 +5 +5 +0 +100\.0%\n/);
    expect(stdout).toMatch(/node1 +IPv6 +1 +18446744073709551614 +5 +18446744073709551609 +<0\.1%\n/);
    expect(stdout).not.toContain('18446744073709551619');
  });

  it.each(['json', 'yaml'])('is exact in stats, pools and blocks as %s, and added up nowhere', async (format) => {
    const read = async (command: string) => {
      const { stdout } = await daemon.cli(command, '-o', format);
      expect(stdout).not.toMatch(/2147483647|18446744073709551619|18446744073709552000|e\+?19/);
      return format === 'json' ? JSON.parse(stdout) : parse(stdout);
    };
    const families = [
      { family: 4, blocks: 1, total: 5, used: 5, available: 0 },
      { family: 6, blocks: 1, total: v6.total, used: 5, available: v6.available },
    ];
    expect(await read('stats')).toMatchObject({
      total_nodes: 1,
      total_blocks: 2,
      total_ips: 5,
      used_ips: 5,
      available_ips: 0,
      families,
      node_stats: { node1: { blocks: 2, total_ips: 5, available_ips: 0, families } },
    });
    expect(await read('pools')).toMatchObject([
      { family: 4, total: 5, used: 5, available: 0 },
      { family: 6, ...v6, used: 5 },
    ]);
    expect(await read('blocks')).toMatchObject([
      { family: 4, total: 5, used: 5, available: 0 },
      { family: 6, ...v6, used: 5 },
    ]);
  });

  it('leaves the fields that were there first to IPv4 over gRPC, and has all digits beside them', async () => {
    const answer = await client.call('GetPoolStats', {});
    expect(answer).toMatchObject({ total_ips: 5, used_ips: 5, available_ips: 0, total_ips_exact: '5' });
    expect(answer.node_stats.node1).toMatchObject({ total_ips: 5, used_ips: 5, available_ips: 0 });
    expect(answer.families).toMatchObject([
      { family: 4, total: '5', used: '5', available: '0' },
      { family: 6, ...v6, used: '5' },
    ]);
  });

  it('makes alerts fire: fewer than 10 addresses left, more than 0.95 of the subnet in use', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const value = (series: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    expect(value('ipam_available_ips{node="node1",pool="cluster-ipv4",family="4"}')).toBe(0);
    expect(value('ipam_used_ips{node="node1",pool="cluster-ipv4",family="4"}')).toBe(5);
    expect(value('ipam_total_ips{node="node1",pool="cluster-ipv4",family="4"}')).toBe(5);
    expect(value('ipam_blocks_per_node{node="node1",family="6"}')).toBe(1);
    expect(value('ipam_available_ips{node="node1",pool="cluster-ipv6",family="6"}')).toBeGreaterThan(1e19);
    expect(value('ipam_pool_ips{pool="cluster-ipv4",family="4",state="free"}')).toBe(0);
    expect(value('ipam_subnet_usage_ratio{subnet_cidr="10.9.0.0/29",tor_id=""}')).toBe(1);
    expect(value('ipam_subnet_usage_ratio{subnet_cidr="fd00:9::/64",tor_id=""}')).toBeLessThan(0.95);
    expect(value('ipam_block_usage_ratio{node="node1",block_cidr="10.9.0.0/29"}')).toBe(1);
  });

  it('asks a daemon that is no member for no members: nothing is refused, counted or audited', async () => {
    await daemon.cli('stats');
    expect((await data('stats')).cluster).toBeUndefined();
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).not.toMatch(/^ipam_calls_refused_total\{/m);
    expect(daemon.log).not.toContain('ListMembers');
  });
});
