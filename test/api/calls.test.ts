import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { waitFor } from '../kit/wait.ts';

describe('the gRPC calls of a real daemon', () => {
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  let client: ReturnType<typeof openClient>;
  beforeAll(async () => {
    await daemon.start();
    client = openClient(daemon.socket, 60_000);
  });
  afterAll(async () => {
    client.close();
    await daemon.remove();
  });

  it('serves the published gRPC calls, batches, look-ups and watches', async () => {
    const stream = client.ipam.WatchAllocations({});
    const seen: string[] = [];
    stream.on('data', ({ type, allocation }) => seen.push(`${type} ${allocation?.container_id}`));
    stream.on('error', () => {});
    await waitFor('the watch to begin', async () => {
      await client.call('AllocateIP', { node_id: 'n9', container_id: 'probe' });
      await client.call('ReleaseIP', { container_id: 'probe' });
      return seen.length > 0 ? true : undefined;
    });
    const given = await client.call('AllocateIP', {
      node_id: 'n9',
      pod_name: 'p',
      pod_namespace: 'ns',
      container_id: 'g1',
    });
    expect(given.cidr).toMatch(/^10\.244\.\d+\.\d+\/24$/);
    expect(await client.call('AllocateIP', { node_id: 'n9', container_id: 'g1' })).toMatchObject({ ip: given.ip });
    expect((await client.call('Lookup', { pod: { namespace: 'ns', name: 'p' } })).allocations).toHaveLength(1);
    // Known failure 5: a late release of somebody else changes nothing.
    expect(await client.call('ReleaseIP', { ip: given.ip, container_id: 'other' })).toMatchObject({ success: false });
    expect((await client.call('Lookup', { ip: given.ip })).allocations).toHaveLength(1);
    const { outcomes } = await client.call('AllocateIPs', {
      requests: [
        { node_id: 'n9', container_id: 'b1' },
        { node_id: 'n9', container_id: '' },
        { node_id: 'n9', container_id: 'b2', ips: [given.ip] },
      ],
    });
    expect(outcomes.map(({ allocation, problem }) => problem?.code ?? (allocation === null ? 'none' : 'ok'))).toEqual([
      'ok',
      'invalid-argument',
      'address-taken',
    ]);
    await client.call('ReleaseIPs', { requests: [{ ip: given.ip, container_id: 'g1' }, { container_id: 'b1' }] });
    await waitFor('the releases to be seen', () =>
      seen.includes('RELEASED g1') && seen.includes('RELEASED b1') ? true : undefined,
    );
    stream.cancel();
    await expect(client.call('AllocateIP', { node_id: '', container_id: 'x' })).rejects.toThrow('node_id is empty');
    await expect(client.call('AllocateIP', { node_id: 'n', container_id: 'x', ips: ['10.0.0.300'] })).rejects.toThrow(
      'octet 300 is over 255',
    );
  });

  it('pages through allocations without missing one that stays, whatever goes meanwhile', async () => {
    const requests = Array.from({ length: 9 }, (_, index) => ({ node_id: 'pages', container_id: `page${index}` }));
    await client.call('AllocateIPs', { requests });
    const first = await client.call('ListAllocations', { node_id: 'pages', limit: 4 });
    await client.call('ReleaseIP', { container_id: first.allocations[1]?.container_id ?? '' });
    const rest = await client.call('ListAllocations', {
      node_id: 'pages',
      limit: 100,
      continue_token: first.continue_token,
    });
    const seen = [...first.allocations, ...rest.allocations].map(({ container_id }) => container_id);
    expect(new Set(seen).size).toBe(9);
    expect(rest.continue_token).toBe('');
  });

  it('releases nothing when interface or node are not those that hold the address', async () => {
    await client.call('AllocateIP', { node_id: 'n9', container_id: 'strict' });
    expect(await client.call('ReleaseIP', { container_id: 'strict', ifname: 'net7' })).toMatchObject({
      success: false,
    });
    expect(await client.call('ReleaseIP', { container_id: 'strict', node_id: 'other' })).toMatchObject({
      success: false,
    });
    expect((await client.call('Lookup', { container_id: 'strict' })).allocations).toHaveLength(1);
    expect(await client.call('ReleaseIP', { container_id: 'strict', node_id: 'n9' })).toMatchObject({
      success: true,
    });
    await expect(client.call('AllocateBlock', { node_id: 'a/b' })).rejects.toThrow('is not a name');
    await expect(
      client.call('AllocateIP', { node_id: 'n9', container_id: 'x', pod_name: 'p'.repeat(300) }),
    ).rejects.toThrow('at most 253');
  });

  it('keeps the connection when an error has thousands of facts', async () => {
    const file = join(daemon.directory, 'wide.json');
    const spec = { subnet: '10.90.0.0/18' };
    const apiVersion = 'spiderpool.spidernet.io/v2beta1';
    writeFileSync(file, JSON.stringify({ apiVersion, kind: 'SpiderIPPool', metadata: { name: 'wide' }, spec }));
    expect(await daemon.cli('apply', '-f', file)).toMatchObject({ exit: 0 });
    // Every other address, so that they make no range.
    const requests = Array.from({ length: 900 }, (_, index) => ({
      node_id: 'n9',
      container_id: `wide${index}`,
      pools: ['wide'],
      ips: [`10.90.${(index * 2) >> 8}.${((index * 2) & 255) + 1}`],
    }));
    await client.call('AllocateIPs', { requests });
    const shrunk = { apiVersion, kind: 'SpiderIPPool', metadata: { name: 'wide' }, spec: { ...spec, ips: [] } };
    await expect(client.resources('Apply', { json: JSON.stringify(shrunk) })).rejects.toThrow(
      'drops addresses that are in use',
    );
    await client.call('ReleaseIPs', { requests: requests.map(({ container_id }) => ({ container_id })) });
    expect(await daemon.cli('delete', 'pool', 'wide')).toMatchObject({ exit: 0 });
  });
});
