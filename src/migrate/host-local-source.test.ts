import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimKind } from '../resources/claim.ts';
import { hostLocalSource } from './host-local-source.ts';
import { planMigration } from './plan.ts';

describe('what host-local has given out on a node', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'berth-host-local-source-'));
    mkdirSync(join(root, 'net.d'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const config = (name: string, ipam: object, file = `${name}.conflist`): void =>
    write(`net.d/${file}`, JSON.stringify({ cniVersion: '1.0.0', name, plugins: [{ type: 'bridge', ipam }] }));
  const hostLocal = (...ranges: readonly object[]) => ({
    type: 'host-local',
    dataDir: join(root, 'data'),
    ranges: [ranges],
  });
  const source = (poolFor: readonly string[] = []) =>
    hostLocalSource({
      directory: join(root, 'data'),
      node: 'node1',
      configs: join(root, 'net.d'),
      poolFor,
      cniCache: join(root, 'cache'),
    });
  const read = async (poolFor: readonly string[] = []) => {
    const { resources, conflicts = [], leftOut, warnings } = await source(poolFor).read([]);
    const planned = planMigration(resources, [], 'm1');
    return {
      held: resources
        .filter(({ kind }) => kind === claimKind)
        .map(({ spec }) => {
          const { address, network, containerId } = spec as { address: string; network: string; containerId: string };
          return `${address} ${network}/${containerId}`;
        }),
      conflicts: [...conflicts, ...planned.conflicts].map(({ subject, reason }) => `${subject}: ${reason}`),
      leftOut: leftOut.map(({ subject }) => subject),
      warnings: warnings.join('\n'),
    };
  };

  it('is read under any spelling of an address, and without what is host-local’s own', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    config('six', hostLocal({ subnet: 'fd00::/64' }));
    write('data/net/10.1.0.5', 'c1\r\neth0');
    write('data/net/lock', '');
    write('data/net/last_reserved_ip.0', '10.1.0.5');
    write('data/net/10.1.0.6.swp', 'c2');
    write('data/six/fd00::5', 'c3\r\neth0');
    write('data/six/fd00__6', 'c4');
    const { held, conflicts, leftOut, warnings } = await read();
    expect(held).toEqual(['10.1.0.5 net/c1', 'fd00::5 six/c3', 'fd00::6 six/c4']);
    expect(conflicts).toEqual([]);
    expect(leftOut).toEqual(['file net/10.1.0.6.swp']);
    expect(warnings).toMatch(/fd00__6 of network "six" names no interface; eth0 is assumed/);
  });

  it('and cannot be read is a conflict that names the file', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    write('data/net/10.1.0.5', '');
    write('data/net/10.1.0.6', '  \r\neth0');
    write('data/net/10.1.0.7', 'c/7\r\neth0');
    write('data/net/10.1.0.8', 'c8\r\nan-interface-of-no-kernel');
    symlinkSync(root, join(root, 'data/net/10.1.0.9'));
    const { conflicts, held } = await read();
    expect(held).toEqual([]);
    expect(conflicts).toEqual([
      'file net/10.1.0.5: it names no container',
      'file net/10.1.0.6: it names no container',
      'file net/10.1.0.9: it cannot be read',
      expect.stringMatching(/^file net\/10\.1\.0\.7: "c\/7" is not letters/),
      expect.stringMatching(/^file net\/10\.1\.0\.8: .*longer than 15 bytes/),
    ]);
  });

  it('twice, in two networks or under two spellings, is a conflict of its two holders', async () => {
    config('a', hostLocal({ subnet: '10.1.0.0/24' }));
    config('b', hostLocal({ subnet: '10.1.0.0/24' }));
    config('six', hostLocal({ subnet: 'fd00::/64' }));
    write('data/a/10.1.0.5', 'c1\r\neth0');
    write('data/b/10.1.0.5', 'c2\r\neth0');
    write('data/six/fd00::5', 'c3\r\neth0');
    write('data/six/fd00:0::5', 'c4\r\neth0');
    const { conflicts } = await read();
    expect(conflicts).toEqual([
      '10.1.0.5: held by a/c1/eth0 (file a/10.1.0.5), and by b/c2/eth0 (file b/10.1.0.5)',
      expect.stringMatching(/^fd00::5: held by six\/c[34]\/eth0 .*, and by six\/c[34]\/eth0 /),
    ]);
  });

  it('in two networks of one whole subnet is taken as it is', async () => {
    for (const name of ['default', 'default-restricted']) config(name, hostLocal({ subnet: '172.16.28.0/24' }));
    write('data/default/172.16.28.2', 'c1\r\neth0');
    write('data/default-restricted/172.16.28.3', 'c2\r\neth0');
    expect(await read()).toMatchObject({
      held: ['172.16.28.2 default/c1', '172.16.28.3 default-restricted/c2'],
      conflicts: [],
    });
  });

  it('twice is kept twice when one of the networks is named apart', async () => {
    config('a', hostLocal({ subnet: '10.1.0.0/24' }));
    config('b', { ...hostLocal({ subnet: '10.1.0.0/24' }), network_name: 'apart' });
    write('data/a/10.1.0.5', 'c1\r\neth0');
    write('data/b/10.1.0.5', 'c2\r\neth0');
    expect(await read()).toMatchObject({ held: ['10.1.0.5 a/c1', '10.1.0.5 b/c2'], conflicts: [] });
  });

  it('outside of the ranges, but in the subnet, is claimed all the same, with a warning', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24', rangeStart: '10.1.0.10', rangeEnd: '10.1.0.20' }));
    write('data/net/10.1.0.200', 'c1\r\neth0');
    write('data/net/10.1.0.255', 'c2\r\neth0');
    write('data/net/10.1.0.1', 'c3\r\neth0');
    const { held, conflicts, warnings } = await read();
    expect(held).toEqual(['10.1.0.1 net/c3', '10.1.0.200 net/c1', '10.1.0.255 net/c2']);
    expect(conflicts).toEqual([]);
    expect(warnings).toMatch(/10\.1\.0\.1, held by net\/c3\/eth0 \(file net\/10\.1\.0\.1\), is the gateway/);
    expect(warnings).toMatch(/10\.1\.0\.255, .* is the broadcast address/);
  });

  it('outside of every subnet is a conflict, until --pool-for names the subnet', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    write('data/net/10.1.0.5', 'c1\r\neth0');
    write('data/net/10.2.0.5', 'c2\r\neth0');
    expect((await read()).conflicts).toEqual([expect.stringMatching(/^10\.2\.0\.5: no pool has it; net\/c2\/eth0/)]);
    expect(await read(['10.2.0.0/24'])).toMatchObject({ conflicts: [], held: ['10.1.0.5 net/c1', '10.2.0.5 net/c2'] });
    expect(() => source(['10.2.0.5/24'])).toThrow('--pool-for 10.2.0.5/24 is no subnet');
  });

  it('in a network whose name has a slash is not passed over', async () => {
    write('data/a/b/10.1.0.5', 'c1\r\neth0');
    write('data/net/lock', '');
    expect((await read(['10.1.0.0/24'])).conflicts.join('\n')).toMatch(/"a\/b" is not a valid name of a network/);
  });

  it.each([
    ['empty', '', /broken\.conf is empty/],
    ['half written', '{"name": "x"', /broken\.conf: not JSON/],
    ['no object', '[]', /broken\.conf names no network/],
    ['without a name', '{}', /broken\.conf names no network/],
  ])('is read although a configuration beside it is %s', async (_what, text, warning) => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    write('net.d/broken.conf', text);
    write('net.d/net.conflist.orig', '{');
    write('net.d/.net.conflist.swp', '\0');
    write('net.d/net.conflist.rpmsave', '');
    symlinkSync('/nowhere', join(root, 'net.d/gone.conf'));
    write('data/net/10.1.0.5', 'c1\r\neth0');
    const { held, conflicts, warnings } = await read();
    expect({ held, conflicts }).toEqual({ held: ['10.1.0.5 net/c1'], conflicts: [] });
    expect(warnings).toMatch(warning);
    expect(warnings).toMatch(/gone\.conf: ENOENT/);
    expect(warnings.split('\n').length).toBe(2);
  });

  it('has the ranges of every plugin, file and older form of its network', async () => {
    const plugin = (subnet: string) => ({
      type: 'bridge',
      ipam: { type: 'host-local', subnet, dataDir: join(root, 'data') },
    });
    const list = { name: 'net', cniVersion: '1.1.0', plugins: [plugin('10.1.0.0/24'), plugin('10.2.0.0/24')] };
    write('net.d/10.conflist', JSON.stringify(list));
    write('net.d/net/20.conf', JSON.stringify(plugin('10.3.0.0/24')));
    write('net.d/30.conf', JSON.stringify({ name: 'net', ...plugin('10.4.0.0/24') }));
    for (const third of [1, 2, 3, 4]) write(`data/net/10.${third}.0.5`, `c${third}\r\neth0`);
    const { held, conflicts } = await read();
    expect(conflicts).toEqual([]);
    expect(held.length).toBe(4);
  });

  it('in a network that cannot be read is a conflict that names the file', async () => {
    config('net', hostLocal({ subnet: '10.1.0.5/24' }));
    write('data/net/10.1.0.5', 'c1\r\neth0');
    expect((await read()).conflicts.join('\n')).toMatch(/net\.conflist: network "net": .*host bits are set/);
  });

  it('is still asked for by every file that names host-local', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    config('net', hostLocal({ subnet: '10.1.0.0/24' }), '99-other.json');
    write('data/net/10.1.0.5', 'c1\r\neth0');
    write('net.d/empty.conflist', '');
    expect(await source().inUse()).toEqual([
      expect.stringMatching(/net\.conflist: network "net" names host-local/),
      expect.stringMatching(/99-other\.json: network "net" names host-local/),
    ]);
  });

  it('tells of networks whose addresses lie in another folder', async () => {
    config('net', hostLocal({ subnet: '10.1.0.0/24' }));
    config('far', { type: 'host-local', subnet: '10.2.0.0/24', dataDir: '/var/lib/far' });
    write('data/net/10.1.0.5', 'c1\r\neth0');
    expect((await read()).warnings).toMatch(
      /"far" keeps its addresses in \/var\/lib\/far: migrate --from host-local:\/var\/lib\/far/,
    );
  });
});
