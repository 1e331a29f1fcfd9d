import { afterAll, describe, expect, it } from 'vitest';
import type { Daemon } from '../daemon/daemon.ts';
import { daemonOver, pool, request, world } from '../daemon/testing/world.ts';
import { enrol } from './connections.ts';
import { forCaller } from './current-caller.ts';
import { ipamService } from './ipam-service.ts';
import { resourcesService } from './resources-service.ts';
import { admin } from './testing/serve-store.ts';

const connection = enrol({
  caller: admin,
  forCaller: forCaller(admin),
  onRefused: () => {},
  onDone: () => {},
  end: () => {},
});

type Handler = (call: object, callback: (error: { details?: string } | null, answer?: object) => void) => void;

/** Calls the services of a daemon as gRPC does. @returns the answer, or the error's text */
function callerOf({ ipam, administration, resources }: Daemon) {
  const handlers = {
    ...ipamService({ ipam, administration, version: 'test', isMember: false }),
    ...resourcesService(resources, ipam),
  } as unknown as Record<string, Handler>;
  return (method: string, message: object): Promise<object | string | undefined> =>
    new Promise((resolve) => {
      const call = { request: message, getPeer: () => connection.peer, getPath: () => method };
      handlers[method]?.(call, (error, answer) => resolve(error === null ? answer : error.details));
    });
}

const release = { ip: '', container_id: '', ifname: '', network: '', node_id: '', reason: '' };
const allocate = { node_id: 'node1', pod_name: '', network: '', ifname: '', pools: [], families: [], ips: [] };

describe('the gRPC services', () => {
  afterAll(() => connection.end());

  it('answer what comes during the start by what was on record before it', async () => {
    const before = await world();
    await before.daemon.ipam.allocate(request('a'));
    await before.daemon.ipam.allocate(request('b'));
    const daemon = daemonOver(before, '10.0.0.0/24', 28);
    const call = callerOf(daemon);
    const overlapping = pool('other', { subnet: '10.0.0.0/25', ips: ['10.0.0.5'] });
    const answers = [
      call('Lookup', { container_id: 'a' }),
      call('ListAllocations', { node_id: '', pool: '', pod_namespace: '', limit: 0, continue_token: '', local: true }),
      call('GetNodeBlocks', { node_id: '' }),
      call('ListPools', {}),
      call('Check', { local: true }),
      call('ReleaseBlock', { node_id: 'node1', cidr: '10.0.0.0/28' }),
      call('AllocateBlock', { node_id: 'node2', pool: '' }),
      call('Apply', { json: JSON.stringify(overlapping) }),
      call('ReleaseIP', { ...release, container_id: 'b' }),
    ];
    // This does not wait for the start.
    expect(await call('GetVersion', {})).toEqual({ version: 'test', node_id: 'node1' });
    await daemon.start();
    expect(await Promise.all(answers)).toMatchObject([
      { allocations: [{ container_id: 'a' }] },
      { total: 2 },
      { blocks: [{ cidr: '10.0.0.0/28' }] },
      { pools: [{ name: 'cluster-ipv4' }] },
      { violations: [], allocations_checked: 2 },
      expect.stringContaining('still has 2 addresses in use'),
      { block: { node_id: 'node2' } },
      expect.stringContaining('cluster-ipv4'),
      { success: true, message: 'released 10.0.0.3' },
    ]);
    expect(daemon.ipam.find(request('b').attachment)).toBeUndefined();
  });

  it('release what an allocation under way comes to', async () => {
    const { daemon } = await world();
    const call = callerOf(daemon);
    const [given, released] = await Promise.all([
      call('AllocateIP', { ...allocate, container_id: 'late' }),
      call('ReleaseIP', { ...release, container_id: 'late' }),
    ]);
    expect(given).toMatchObject({ ip: '10.0.0.2' });
    expect(released).toMatchObject({ success: true, message: 'released 10.0.0.2' });
    expect(daemon.administration.allocations()).toEqual([]);
  });

  it('say in a dry run how addresses by hand would be refused to an interface that has others on record', async () => {
    const { daemon } = await world();
    const call = callerOf(daemon);
    await call('AllocateIP', { ...allocate, container_id: 'one', network: 'net' });
    const of = {
      pod: { namespace: 'ns', name: 'p' },
      pod_uid: '',
      container_id: 'one',
      ifname: 'eth0',
      network: 'net',
    };
    const message = { ...of, ips: ['10.0.0.9'], netns: '', force: true, reason: 'test' };
    const refusal = expect.stringContaining('holds 10.0.0.2 already and asks for another address now');
    expect([await call('DryRunSetIPs', message), await call('SetIPs', message)]).toEqual([refusal, refusal]);
  });
});
