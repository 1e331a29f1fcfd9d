import { describe, expect, it } from 'vitest';
import type { Allocation } from '../ipam/allocation.ts';
import { type ConfiguredRoute, ipamResult } from './result.ts';

const allocation = (routes: readonly { dst: string; gw?: string }[], gateway = '10.0.0.1'): Allocation => ({
  attachment: { network: 'n', containerId: 'a', ifname: 'eth0' },
  node: 'node1',
  netns: '',
  addresses: [{ address: '10.0.0.2', prefixLength: 24, ...(gateway === '' ? {} : { gateway }), pool: 'p', routes }],
  createdAt: 0,
});

function routesOf(
  held: Parameters<typeof allocation>[0],
  routes: readonly ConfiguredRoute[] | undefined,
  gateway?: string,
) {
  return (ipamResult(allocation(held, gateway), { dns: {}, routes }, '1.1.0') as { routes: object[] }).routes;
}

describe('the routes of a result', () => {
  it('are handed on with the attributes that the configuration gives them', () => {
    const route = { dst: '10.9.0.0/16', mtu: 1400, advmss: 1360, priority: 50, table: 0, scope: 253 };
    for (const version of ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const) {
      expect(ipamResult(allocation([{ dst: route.dst }]), { dns: {}, routes: [route] }, version)).toMatchObject({
        routes: [route],
      });
    }
  });

  it('have no attributes in 0.1.0 and 0.2.0, where a route has none', () => {
    const facts = { dns: {}, routes: [{ dst: '10.9.0.0/16', mtu: 1400 }] };
    expect(ipamResult(allocation([{ dst: '10.9.0.0/16' }]), facts, '0.2.0')).toMatchObject({
      ip4: { routes: [{ dst: '10.9.0.0/16' }] },
    });
  });

  it('say nothing of attributes that are 0, but for table and scope', () => {
    const zero = { mtu: 0, advmss: 0, priority: 0, table: 0, scope: 0 };
    expect(routesOf([], [{ dst: '10.9.0.0/16', ...zero }])).toEqual([{ dst: '10.9.0.0/16', table: 0, scope: 0 }]);
  });

  it('are those of the configuration in its order, also of a family without an address, then those on top', () => {
    const held = [{ dst: '10.9.0.0/16' }, { dst: '10.8.0.0/16', gw: '10.0.0.9' }];
    expect(routesOf(held, [{ dst: '::/0' }, { dst: '10.9.0.0/16' }])).toEqual([
      { dst: '::/0' },
      { dst: '10.9.0.0/16' },
      { dst: '10.8.0.0/16', gw: '10.0.0.9' },
    ]);
  });

  it('name the gateway where the interface is to have none', () => {
    expect(routesOf([{ dst: '10.9.0.0/16', gw: '10.0.0.1' }], [{ dst: '10.9.0.0/16' }], '')).toEqual([
      { dst: '10.9.0.0/16', gw: '10.0.0.1' },
    ]);
  });

  it("are the pools' own when the configuration names none", () => {
    expect(routesOf([{ dst: '10.9.0.0/16' }], undefined)).toEqual([{ dst: '10.9.0.0/16' }]);
  });
});
