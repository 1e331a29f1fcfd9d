import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { run } from '../kit/run.ts';

const netns = '/var/run/netns/none';
const network = (daemonSocket: string) => ({
  cniVersion: '1.0.0',
  name: 'net',
  type: 'ptp',
  ipam: { type: 'ipam-plugin', daemonSocket },
});

describe('ipam-daemon whose database is damaged', () => {
  const daemons: DaemonProcess[] = [];
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.remove();
  });

  async function filled(): Promise<{ daemon: DaemonProcess; file: string; held: string }> {
    const daemon = new DaemonProcess();
    daemons.push(daemon);
    await daemon.start();
    for (let index = 0; index < 60; index += 1) {
      expect(
        await cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: `d${index}`, netns }),
      ).toMatchObject({ exit: 0 });
    }
    const held = (await daemon.cli('addresses', '-o', 'json')).stdout;
    await daemon.stop();
    return { daemon, file: join(daemon.dataDir, 'journal', 'data.mdb'), held };
  }

  function overwrite(file: string, offset: number, bytes: Buffer): void {
    const opened = openSync(file, 'r+');
    writeSync(opened, bytes, 0, bytes.length, offset);
    closeSync(opened);
  }

  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['is empty', (file) => truncateSync(file, 0)],
    ['is cut off', (file) => truncateSync(file, 12_288)],
    ['has garbage for a first page', (file) => overwrite(file, 0, Buffer.alloc(4096, 0xa5))],
    ['has garbage in the middle', (file) => overwrite(file, 8192, Buffer.alloc(statSync(file).size - 8192, 0xa5))],
    ['is another file', (file) => writeFileSync(file, 'this is no database\n'.repeat(1000))],
  ];

  it.each(damages)('ends with a clear error when it %s, and changes nothing', async (_what, damage) => {
    const { daemon, file } = await filled();
    damage(file);
    const size = statSync(file).size;
    daemon.spawn();
    expect(await daemon.ended()).toBe(1);
    expect(daemon.log).toMatch(/the database in .*journal is damaged/);
    expect(daemon.log).toMatch(/hint: .*--recover/);
    expect(statSync(file).size).toBe(size);
  });

  it('comes back with --recover: what is whole is kept, and what the runtime remembers is added', async () => {
    const { daemon, file, held } = await filled();
    truncateSync(file, 12_288);
    // libcni's cache, as a runtime leaves it for every ADD.
    const cache = join(daemon.directory, 'cni');
    mkdirSync(join(cache, 'results'), { recursive: true });
    for (const one of JSON.parse(held) as {
      container_id: string;
      addresses: { cidr: string; gateway: string }[];
    }[]) {
      const result = {
        cniVersion: '1.0.0',
        ips: one.addresses.map(({ cidr, gateway }) => ({ address: cidr, gateway })),
      };
      const entry = { kind: 'cniCacheV1', containerId: one.container_id, ifName: 'eth0', networkName: 'net', result };
      writeFileSync(join(cache, 'results', `net-${one.container_id}-eth0`), JSON.stringify(entry));
    }
    // Results of a network of somebody else's, and one that claims an address again.
    const foreign = {
      containerId: 'x',
      ifName: 'eth0',
      networkName: 'other',
      result: { ips: [{ address: '192.0.2.5/24' }] },
    };
    writeFileSync(join(cache, 'results', 'other-x-eth0'), JSON.stringify(foreign));
    const again = { ...foreign, containerId: 'y', result: { ips: [{ address: '10.244.0.2/24' }] } };
    writeFileSync(join(cache, 'results', 'other-y-eth0'), JSON.stringify(again));
    writeFileSync(join(cache, 'results', 'half'), '{"containerId":');
    const { exit, stdout } = await run(join(bin, 'ipam-daemon'), [
      '--recover',
      '--data-dir',
      daemon.dataDir,
      '--cni-cache',
      cache,
    ]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/moved aside: .*journal\.damaged-/);
    // How many lie in the pages that are left is the database's affair.
    const [, salvaged] = /^salvaged: (\d+) allocations/m.exec(stdout) ?? [];
    const [, remembered] = /: (\d+) allocations more, 2 that fit no block on record/.exec(stdout) ?? [];
    expect(Number(salvaged ?? 0) + Number(remembered)).toBe(60);
    expect(Number(remembered)).toBeGreaterThan(0);
    expect(readdirSync(daemon.dataDir).some((name) => name.startsWith('journal.damaged-'))).toBe(true);
    await daemon.start();
    const after = JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout) as {
      addresses: { ip: string }[];
    }[];
    const ips = (text: { addresses: { ip: string }[] }[]) =>
      text.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)).sort();
    expect(ips(after)).toEqual(ips(JSON.parse(held)));
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
  });

  const flips: readonly (readonly [string, 'journal' | 'store', string])[] = [
    ['the key of an allocation', 'journal', 'a 40af4000a'],
    ['the key of what a container holds, in its class', 'journal', 'a 40af40014'],
    ['the name of a block', 'store', 'o IPBlock  10.244.0.0-24'],
    ['the version counter', 'store', 'v'],
  ];

  it.each(flips)(
    'is refused when a bit of %s has flipped, and loses nothing by --recover',
    async (_what, database, key) => {
      const { daemon, held } = await filled();
      const file = join(daemon.dataDir, database, 'data.mdb');
      // A key lies before the checksum of its record; the last such place is on the page that is in use.
      for (const at of placesOf(readFileSync(file), key)) {
        overwrite(file, at, Buffer.from([key.charCodeAt(0) ^ 0x08]));
      }
      daemon.spawn();
      expect(await daemon.ended()).toBe(1);
      expect(daemon.log).toMatch(/is damaged/);
      expect(daemon.log).toMatch(/hint: .*--recover/);
      const { exit, stdout } = await run(join(bin, 'ipam-daemon'), [
        '--recover',
        '--data-dir',
        daemon.dataDir,
        '--cni-cache',
        join(daemon.directory, 'no-cache'),
      ]);
      expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/salvaged: 60 allocations/) });
      await daemon.start();
      expect((await daemon.cli('addresses', '-o', 'json')).stdout).toBe(held);
      expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
    },
  );

  it('gives nothing away when the journal is gone, and says what brings it back', async () => {
    const { daemon, held } = await filled();
    const journal = join(daemon.dataDir, 'journal');
    renameSync(journal, `${journal}.elsewhere`);
    daemon.spawn();
    expect(await daemon.ended()).toBe(1);
    expect(daemon.log).toMatch(/the journal in .* is gone, and the store has \d+ blocks/);
    expect(existsSync(journal)).toBe(false);
    renameSync(`${journal}.elsewhere`, journal);
    await daemon.start();
    expect((await daemon.cli('addresses', '-o', 'json')).stdout).toBe(held);
  });

  it('finishes a recovery that was interrupted also when what it noted is damaged', async () => {
    const { daemon, held } = await filled();
    const fresh = join(daemon.dataDir, 'recovered-20261129T000000000Z');
    mkdirSync(fresh);
    for (const name of ['store', 'journal']) renameSync(join(daemon.dataDir, name), join(fresh, name));
    writeFileSync(join(daemon.dataDir, 'recovery-unfinished'), '20261129T000000001Z');
    daemon.spawn();
    expect(await daemon.ended()).toBe(1);
    const { exit } = await run(join(bin, 'ipam-daemon'), ['--recover', '--data-dir', daemon.dataDir]);
    expect(exit).toBe(0);
    await daemon.start();
    expect((await daemon.cli('addresses', '-o', 'json')).stdout).toBe(held);
  });
});

function placesOf(file: Buffer, key: string): readonly number[] {
  const places: number[] = [];
  // A node is: size of the value (4 bytes), flags (2), size of the key (2), key.
  const size = Buffer.alloc(4);
  size.writeUInt16LE(key.length, 2);
  const pattern = Buffer.concat([size, Buffer.from(key)]);
  for (let at = file.indexOf(pattern); at >= 0; at = file.indexOf(pattern, at + 1)) places.push(at + size.length);
  return places;
}
