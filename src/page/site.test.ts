import { beforeEach, describe, expect, it } from 'vitest';
import { mayCall } from '../api/permissions.ts';
import { pool, request, type World, world } from '../daemon/testing/world.ts';
import { isIpamError } from '../resources/errors.ts';
import { layout } from './layout.ts';
import type { Shown, View } from './page.ts';
import { routes, routeTo } from './site.ts';
import { languages, textsOf, type Visitor } from './visitor.ts';

const assets = { style: '/style.css', script: '/page.js', icon: '/icon.svg' };

describe('pages', () => {
  let at: World;
  let shown: Shown;
  const done: string[][] = [];

  beforeEach(async () => {
    at = await world('10.0.0.0/24,fd00::/112');
    const { administration, topology, resources } = at.daemon;
    await resources.apply(pool('office', { subnet: '10.9.0.0/29', ips: ['10.9.0.2-10.9.0.3'] }));
    done.length = 0;
    shown = {
      ...{ administration, topology, resources },
      actions: {
        quarantine: async (...of) => void done.push(['quarantine', ...of]),
        lift: async (...of) => void done.push(['lift', ...of]),
      },
    };
  });

  const hold = (containerId: string, name: string) =>
    at.daemon.ipam.allocate(request(containerId, { pod: { namespace: 'shop', name, uid: 'u' } }));

  const as = (role: 'viewer' | 'operator', language: Visitor['language'] = 'en'): Visitor => ({
    ...{ name: 'alice', role, language, theme: 'auto' },
    may: (method) => mayCall(role, method),
  });

  async function view(path: string, visitor = as('viewer'), method = 'GET', form = ''): Promise<View> {
    const url = new URL(path, 'http://page');
    const { route, places } = routeTo(method, url.pathname);
    const asked = { places, query: url.searchParams, form: new URLSearchParams(form), now: at.clock.now(), visitor };
    return route.show({ ...asked, texts: textsOf(visitor) }, shown);
  }

  async function text(path: string, visitor = as('viewer')): Promise<string> {
    const got = await view(path, visitor);
    if ('goTo' in got) throw new Error(`${path} leads to ${got.goTo}`);
    const here = { path, query: new URLSearchParams() };
    return layout({ ...got, visitor, texts: textsOf(visitor), here, isLive: false, assets });
  }

  it('have families apart, pools with how much of them is used, and a link to each', async () => {
    await hold('c1', 'web-0');
    const page = await text('/');
    expect(page).toMatch(/<h2 id="v4">IPv4<\/h2>.*<h2 id="v6">IPv6<\/h2>/s);
    for (const name of ['cluster-ipv4', 'cluster-ipv6', 'office']) expect(page).toContain(`href="/pools/${name}"`);
  });

  it('show of a pool what has its addresses, its blocks and who holds what', async () => {
    const { addresses } = await hold('c1', 'web-0');
    const page = await text('/pools/cluster-ipv4');
    expect(page).toContain('10.0.0.0/28');
    expect(page).toContain(`href="/addresses/${addresses[0]?.address}"`);
    expect(page).toContain('href="/pods/shop/web-0"');
    expect(page).toContain('<th scope="row">in use</th>');
  });

  it('show of an address who has it, why and what was', async () => {
    const { addresses } = await hold('c1', 'web-0');
    const page = await text(`/addresses/${addresses[0]?.address}`);
    expect(page).toMatch(/in use.*href="\/pods\/shop\/web-0".*href="\/nodes\/node1".*<h2>What was<\/h2>/s);
  });

  it('show of a Pod and a node what they have', async () => {
    const { addresses } = await hold('c1', 'web-0');
    for (const path of ['/pods/shop/web-0', '/nodes/node1'])
      expect(await text(path)).toContain(`${addresses[0]?.address}`);
  });

  it('show pools with their blocks where there is no topology', async () => {
    await hold('c1', 'web-0');
    expect(await text('/network')).toMatch(/Subnet 10\.0\.0\.0\/24.*cluster-ipv4.*10\.0\.0\.0\/28/s);
  });

  it('draw a pool as a map, with the same as a table beside it', async () => {
    const { addresses } = await hold('c1', 'web-0');
    const page = await text('/pools/cluster-ipv4/map');
    expect(page).toMatch(/aria-label="in use 1, not given out \d+, free \d+"/);
    expect(page).toContain(`<a href="/addresses/${addresses[0]?.address}">`);
    expect(await text('/pools/cluster-ipv6/map')).toContain('fd00::/120');
  });

  it.each([
    ['an address', '10.0.0.5', '/addresses/10.0.0.5'],
    ['an address in another form', 'FD00::0005', '/addresses/fd00::5'],
    ['a Pod', 'shop/web-0', '/pods/shop/web-0'],
    ['a pool as the command line has it', 'pool/office', '/pools/office'],
    ['a node as the command line has it', 'node/node1', '/nodes/node1'],
  ])('lead from a search for %s to its page', async (_what, words, goTo) => {
    const got = await view(`/search?q=${encodeURIComponent(words)}`);
    expect(got).toEqual({ goTo: goTo.replaceAll('::', '%3A%3A') });
  });

  it.each([
    ['a part of the name of a pool', 'offi', 'href="/pools/office"'],
    ['a subnet', '10.9.0.0/29', 'href="/pools/office"'],
    ['a block', '10.0.0.0/28', '10.0.0.0/28: '],
    ['a part of the name of a node', 'NODE', 'href="/nodes/node1"'],
    ['a part of the name of a Pod', 'web', 'href="/pods/shop/web-0"'],
    ['a namespace', 'shop', 'href="/pods/shop/web-0"'],
    ['a container', 'c1', 'href="/pods/shop/web-0"'],
  ])('find %s', async (_what, words, found) => {
    await hold('c1', 'web-0');
    expect(await text(`/search?q=${encodeURIComponent(words)}`)).toContain(found);
  });

  it('say that nothing is found, with what was looked for as text', async () => {
    expect(await view('/search?q=%3Cscript%3E')).toMatchObject({ status: 404 });
    const page = await text('/search?q=%3Cscript%3E');
    expect(page).toContain('Nothing is known of &quot;&lt;script&gt;&quot;.');
  });

  it.each([
    ['/pools/none', 'not-found'],
    ['/nodes/none', 'not-found'],
    ['/addresses/10.0.0.300', 'invalid-argument'],
    ['/nothing', 'not-found'],
    ['/pools/%ff', 'not-found'],
    ['/pools/cluster-ipv4?after=nonsense', 'invalid-argument'],
  ])('refuse %s: %s', async (path, code) => {
    const error = await view(path).catch((one: unknown) => one);
    expect(isIpamError(error) && error.code).toBe(code);
  });

  it('offer a quarantine to operators alone, ask before it, and carry it out', async () => {
    expect(await text('/addresses/10.0.0.5')).not.toContain('quarantine');
    expect(await text('/addresses/10.0.0.5', as('operator'))).toContain('href="/addresses/10.0.0.5/quarantine"');
    expect(await text('/addresses/10.0.0.5/quarantine', as('operator'))).toMatch(/<form method="post">.*Yes, do it/s);
    expect(done).toEqual([]);
    const form = 'reason=a+printer&seconds=3600';
    expect(await view('/addresses/10.0.0.5/quarantine', as('operator'), 'POST', form)).toEqual({
      goTo: '/addresses/10.0.0.5',
    });
    expect(await view('/addresses/10.0.0.5/lift', as('operator'), 'POST')).toEqual({ goTo: '/addresses/10.0.0.5' });
    expect(done).toEqual([
      ['quarantine', '10.0.0.5', 'a printer', '3600'],
      ['lift', '10.0.0.5'],
    ]);
  });

  it('offer to lift the quarantine of an address that is in one', async () => {
    await shown.administration.quarantine({ family: 4, value: 0x0a000005n }, 'a printer');
    const page = await text('/addresses/10.0.0.5', as('operator'));
    expect(page).toContain('href="/addresses/10.0.0.5/lift"');
    expect(page).not.toContain('href="/addresses/10.0.0.5/quarantine"');
  });

  it('have a page for each hundred of many addresses', async () => {
    for (let index = 0; index < 103; index += 1) await hold(`c${index}`, `web-${index}`);
    const first = await text('/pools/cluster-ipv4');
    expect(first).toContain('100 of 103');
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first) ?? [];
    expect(await text(next)).toContain('3 of 103');
  });

  it.each(languages)('of every kind are whole in %s', async (language) => {
    await hold('c1', 'web-0');
    const paths = routes
      .filter(({ method }) => method === 'GET')
      .map(({ pattern }) =>
        pattern
          .replace('/pools/:name', '/pools/office')
          .replace(':name', 'node1')
          .replace(':namespace', 'shop')
          .replace(':address', '10.0.0.5'),
      );
    for (const path of paths) {
      const page = await text(path, as('operator', language));
      expect(page, path).not.toMatch(/undefined|\[object|NaN| style=/);
    }
  });
});
