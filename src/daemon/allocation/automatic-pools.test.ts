import { describe, expect, it } from 'vitest';
import { applicationLabels } from '../../ipam/bind/application.ts';
import type { PoolSource } from '../../ipam/request.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Pool, parsePool } from '../../resources/pool.ts';
import { AutomaticPools } from './automatic-pools.ts';

const application = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const source: Extract<PoolSource, { kind: 'automatic' }> = {
  kind: 'automatic',
  origin: 'annotation ipam.spidernet.io/subnet of Pod "shop/web-0"',
  subnets: { 4: 'office', 6: 'six' },
  applications: [application],
};
const asking = { pod: { namespace: 'shop', name: 'web-0', uid: 'u' }, ifname: 'eth0' };

function pool(name: string, family: 4 | 6, subnet: string): Pool {
  const labels = {
    ...applicationLabels({ ...application, uid: 'app' }),
    'ipam.spidernet.io/interface': 'eth0',
    'ipam.spidernet.io/ip-version': `IPv${family}`,
    'ipam.spidernet.io/owner-spider-subnet': subnet,
  };
  const spec = { subnet: family === 4 ? '10.6.0.0/16' : 'fd00::/64', ips: [] };
  return parsePool({ apiVersion: '', kind: 'SpiderIPPool', metadata: { name, labels }, spec });
}

/**
 * Time passes when it is waited for.
 * @param made what a controller makes, and the watch shows, and when
 */
function world(made: { readonly at: number; readonly pools: readonly Pool[] }[] = [], state = 'a_1 leads') {
  let now = 0;
  const pools: Pool[] = [];
  let next = Promise.withResolvers<void>();
  const waits: number[] = [];
  const clock = {
    now: () => now,
    elapsed: () => now,
    pause: async (ms: number) => {
      waits.push(ms);
      const [event] = made;
      if (event === undefined || event.at > now + ms) {
        now += ms;
        return;
      }
      made.shift();
      now = event.at;
      pools.push(...event.pools);
      next.resolve();
      next = Promise.withResolvers();
      // The watch is first, and the wait ends before its time.
      await new Promise(() => {});
    },
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  const controllerState = state === '' ? undefined : async () => state;
  const catalog = {
    pools,
    get changed() {
      return next.promise;
    },
  };
  const automatic = new AutomaticPools({ catalog, clock, controllerState });
  return { automatic, pools, waits, now: () => now, pass };
}

async function refusal(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof IpamError ? `${error.code}: ${error.message}` : String(error)),
  );
}

const both = [pool('auto4-web', 4, 'office'), pool('auto6-web', 6, 'six')];
const take = async (from: SelectSource): Promise<SelectSource> => from;

describe('an ADD whose application has pools of its own', () => {
  it('has its addresses of them, at once', async () => {
    const { automatic, pools, now } = world();
    pools.push(...both);
    expect(await automatic.using(source, asking, take)).toEqual({
      kind: 'preferred',
      preference: { origin: source.origin, names: { 4: ['auto4-web'], 6: ['auto6-web'] } },
    });
    expect(now()).toBe(0);
  });

  it('waits for them to be made, and looks when one is', async () => {
    const { automatic, waits, now } = world([
      { at: 700, pools: both.slice(0, 1) },
      { at: 1_300, pools: both.slice(1) },
    ]);
    expect((await automatic.using(source, asking, take)).kind).toBe('preferred');
    expect([now(), waits]).toEqual([1_300, [4_000, 3_300]]);
  });

  it('waits for them to grow', async () => {
    const { automatic, pools, now } = world();
    pools.push(...both);
    const exhausted = async (from: SelectSource): Promise<SelectSource> => {
      if (now() < 500) throw new IpamError('pool-exhausted', 'no IPv4 address left');
      return from;
    };
    expect((await automatic.using(source, asking, exhausted)).kind).toBe('preferred');
    expect(now()).toBe(500);
  });

  it('is refused when they do not grow, as of any pool', async () => {
    const { automatic, pools, now } = world();
    pools.push(...both);
    const exhausted = () => Promise.reject(new IpamError('pool-exhausted', 'no IPv4 address left'));
    expect(await refusal(automatic.using(source, asking, exhausted))).toBe('pool-exhausted: no IPv4 address left');
    expect(now()).toBe(4_000);
  });

  it('is refused at once for any other reason', async () => {
    const { automatic, pools, now } = world();
    pools.push(...both);
    const broken = () => Promise.reject(new IpamError('store-unavailable', 'away'));
    expect(await refusal(automatic.using(source, asking, broken))).toBe('store-unavailable: away');
    expect(now()).toBe(0);
  });

  it('is told which pool is not there, since when, and whether a controller leads', async () => {
    const { automatic, pools, pass } = world(
      [],
      'none leads: a_1 has not renewed Lease berth-system/ipam-controller for 40 s',
    );
    pools.push(both[0] as Pool);
    const told = (seconds: number) =>
      `not-ready: Pod "shop/web-0" has waited ${seconds} s for the IPv6 pool of Deployment shop/web for eth0, cut from SpiderSubnet "six", and ipam-controller has not made it yet: none leads: a_1 has not renewed Lease berth-system/ipam-controller for 40 s`;
    expect(await refusal(automatic.using(source, asking, take))).toBe(told(4));
    pass(30_000);
    expect(await refusal(automatic.using(source, asking, take))).toBe(told(38));
  });

  it('counts its waiting anew when it has been served', async () => {
    const { automatic, pools, pass } = world();
    await refusal(automatic.using(source, asking, take));
    pools.push(...both);
    await automatic.using(source, asking, take);
    pass(60_000);
    pools.length = 0;
    expect(await refusal(automatic.using(source, asking, take))).toContain('has waited 4 s');
  });

  it('is told where nobody makes any', async () => {
    const { automatic, now } = world([], '');
    expect(await refusal(automatic.using(source, asking, take))).toContain(
      'unsupported: annotation ipam.spidernet.io/subnet of Pod "shop/web-0": automatic pools are made by ipam-controller',
    );
    expect(now()).toBe(0);
  });
});
