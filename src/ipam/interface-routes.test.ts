import { describe, expect, it } from 'vitest';
import type { HeldAddress } from './allocation.ts';
import { type RouteRequest, withRoutes } from './interface-routes.ts';

const four: HeldAddress = {
  address: '10.6.0.9',
  prefixLength: 16,
  gateway: '10.6.0.1',
  pool: 'a',
  routes: [{ dst: '10.7.0.0/16' }],
};
const six: HeldAddress = { address: 'fd00::9', prefixLength: 64, gateway: 'fd00::1', pool: 'b', routes: [] };
const plain: RouteRequest = {};

describe('the routes of an interface', () => {
  it("are the pool's own where nobody asks for others", () => {
    expect(withRoutes(four, plain)).toBe(four);
  });

  it.each<[string, HeldAddress, Partial<RouteRequest>, string[]]>([
    [
      'of the network in place of the pool, of their family',
      four,
      { routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }] },
      ['0.0.0.0/0 '],
    ],
    ['none, when the network says so', four, { routes: [] }, []],
    ['the default by the gateway, on top', four, { defaultRoute: true }, ['10.7.0.0/16 ', '0.0.0.0/0 10.6.0.1']],
    ['the default of IPv6', six, { defaultRoute: true }, ['::/0 fd00::1']],
    [
      'no second default',
      four,
      { routes: [{ dst: '0.0.0.0/0', gw: '10.6.0.2' }], defaultRoute: true },
      ['0.0.0.0/0 10.6.0.2'],
    ],
    ['no default with a clean gateway', six, { defaultRoute: true, cleanGateway: true }, []],
    ['by the gateway that goes, named', four, { cleanGateway: true }, ['10.7.0.0/16 10.6.0.1']],
    [
      'of the Pod, where their gateway is on link',
      four,
      { podRoutes: [{ dst: '10.8.0.0/16', gw: '10.6.0.3' }] },
      ['10.7.0.0/16 ', '10.8.0.0/16 10.6.0.3'],
    ],
    [
      'without those of the Pod that another interface reaches',
      four,
      { podRoutes: [{ dst: '10.8.0.0/16', gw: '192.168.1.1' }] },
      ['10.7.0.0/16 '],
    ],
    ['without those of the Pod of the other family', six, { podRoutes: [{ dst: '10.8.0.0/16', gw: '10.6.0.3' }] }, []],
    [
      'the default of the Pod in place of that by the gateway',
      six,
      { podRoutes: [{ dst: '::/0', gw: 'fd00::2' }], defaultRoute: true },
      ['::/0 fd00::2'],
    ],
  ])('%s', (_which, held, asked, routes) => {
    expect(withRoutes(held, { ...plain, ...asked }).routes.map(({ dst, gw = '' }) => `${dst} ${gw}`)).toEqual(routes);
  });

  it('lose the gateway of the address when it is to be clean', () => {
    expect('gateway' in withRoutes(four, { ...plain, cleanGateway: true })).toBe(false);
  });
});
