import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess, type DaemonProcessOptions } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';

const ports: number[] = [];
for (let count = 0; count < 20; count += 1) ports.push(await freePort());
/** Each member needs a port and the one after it. */
function port(): number {
  const next = ports.pop();
  if (next === undefined) throw new Error('too few ports');
  return next;
}

describe('a member that cannot be', () => {
  const founderPort = port();
  const founder = member({ node: 'ipam-1' }, founderPort, '--bootstrap');
  const others: DaemonProcess[] = [];
  beforeAll(() => founder.start());
  afterEach(async () => {
    for (const daemon of others.splice(0)) await daemon.remove();
  });
  afterAll(() => founder.remove());

  function member(options: DaemonProcessOptions, at: number, ...args: string[]): DaemonProcess {
    return new DaemonProcess({
      clusterCidr: '',
      ...options,
      args: [`--bind-addr=127.0.0.1:${at}`, '--insecure', ...(options.args ?? []), ...args],
    });
  }

  async function refusal(daemon: DaemonProcess): Promise<readonly [number | null, string]> {
    others.push(daemon);
    daemon.spawn();
    const exit = await daemon.ended();
    return [exit, daemon.log];
  }

  it('without etcd says how to install it', async () => {
    const daemon = member({ node: 'ipam-2', config: 'raft: {etcd: /nonexistent/etcd}' }, port(), '--bootstrap');
    const [exit, log] = await refusal(daemon);
    expect(exit).toBe(2);
    expect(log).toMatch(/\/nonexistent\/etcd --version: .*ENOENT/);
    expect(log).toContain('apt-get install etcd-server');
  });

  it('with something else for etcd says what it is', async () => {
    const daemon = member({ node: 'ipam-2', config: 'raft: {etcd: /bin/true}' }, port(), '--bootstrap');
    expect(await refusal(daemon)).toEqual([2, expect.stringContaining('/bin/true is no etcd')]);
  });

  it.each([
    ['of another cluster', ['--cluster-name=other'], /this is cluster "berth", not "other"/],
    ['with the name of one that runs', ['--node-id=ipam-1'], /a member "ipam-1" is at 127\.0\.0\.1:/],
  ])('%s is not admitted', async (_what, args, says) => {
    const [exit, log] = await refusal(member({ node: 'ipam-2' }, port(), `--join=127.0.0.1:${founderPort}`, ...args));
    expect(log).toMatch(says);
    expect(exit).toBe(1);
  });

  it('that nobody reaches is not admitted', async () => {
    const args = [`--join=127.0.0.1:${founderPort}`, `--advertise-addr=127.0.0.1:${port()}`];
    const [exit, log] = await refusal(member({ node: 'ipam-2' }, port(), ...args));
    expect(log).toMatch(/"ipam-2" cannot be reached at 127\.0\.0\.1:\d+ from here/);
    expect([exit, log]).toEqual([2, expect.stringContaining('--advertise-addr')]);
  });

  it('whose second port is taken says which', async () => {
    const at = port();
    const server = createServer().listen(at + 1, '127.0.0.1');
    const [exit, log] = await refusal(member({ node: 'ipam-2' }, at, '--bootstrap'));
    server.close();
    expect([exit, log]).toEqual([2, expect.stringContaining(`cannot listen on 127.0.0.1:${at + 1}`)]);
    expect(log).toContain('both must be free');
  });

  it('on a network without certificates must say that it means it', async () => {
    const daemon = new DaemonProcess({ args: ['--bind-addr=0.0.0.0:7000', '--bootstrap'] });
    const [exit, log] = await refusal(daemon);
    expect([exit, log]).toEqual([2, expect.stringContaining('ipam-cli certs init')]);
  });

  it('with the data of another engine does not leave them behind unasked', async () => {
    const daemon = new DaemonProcess({});
    others.push(daemon);
    await daemon.start();
    await daemon.stop();
    const again = member({ node: 'node1', dataDir: daemon.dataDir }, port(), '--bootstrap');
    const [exit, log] = await refusal(again);
    expect([exit, log]).toEqual([2, expect.stringContaining('has pools and claims of the embedded engine')]);
  });

  it('with the data of another member says whose they are', async () => {
    const first = member({ node: 'ipam-8' }, port(), '--bootstrap');
    others.push(first);
    await first.start();
    await first.stop();
    const second = member({ node: 'ipam-9', dataDir: first.dataDir }, port(), '--bootstrap');
    expect(await refusal(second)).toEqual([
      2,
      expect.stringContaining('has the data of member "ipam-8", and this is "ipam-9"'),
    ]);
    const third = member({ node: 'ipam-8', dataDir: first.dataDir }, port(), '--bootstrap', '--cluster-name=other');
    expect(await refusal(third)).toEqual([
      1,
      expect.stringContaining('has the data of cluster "berth", not of "other"'),
    ]);
  });

  it('waits for a cluster that is not there yet, and ends when it is told to', async () => {
    const daemon = member({ node: 'ipam-2' }, port(), `--join=127.0.0.1:${port()}`);
    others.push(daemon);
    daemon.spawn();
    await expect.poll(() => daemon.log, { timeout: 20_000 }).toContain('not admitted yet; asking again');
    expect(await daemon.stop()).toBe(0);
  });

  it('ends the etcd that a killed daemon left behind, where the system cannot', async () => {
    const path = mkdtempSync(join(tmpdir(), 'berth-path-'));
    symlinkSync('/usr/bin/etcd', join(path, 'etcd'));
    const daemon = member({ node: 'ipam-7', env: { PATH: path } }, port(), '--bootstrap');
    others.push(daemon);
    await daemon.start();
    const orphan = Number(readFileSync(join(daemon.dataDir, 'raft.pid'), 'utf8'));
    await daemon.crash();
    expect(existsSync(`/proc/${orphan}/cwd`)).toBe(true);
    await daemon.start();
    // A dead process that nobody has asked for yet has no directory.
    expect(existsSync(`/proc/${orphan}/cwd`)).toBe(false);
    expect(daemon.log).toContain('ending the etcd that an earlier daemon left behind');
    await daemon.stop();
    rmSync(path, { recursive: true });
  });

  it('restores no snapshot over data, and none that is damaged', async () => {
    const file = `${founder.directory}/snapshot`;
    expect((await founder.cli('snapshot', 'save', file)).exit).toBe(0);
    const over = await founder.cli('snapshot', 'restore', file, '--data-dir', founder.dataDir);
    expect([over.exit, over.stderr]).toEqual([1, expect.stringContaining('has the data of a member')]);
    const bad = await founder.cli('snapshot', 'status', '/etc/hostname');
    expect([bad.exit, bad.stderr]).toEqual([1, expect.stringContaining('is no whole snapshot')]);
  });
});
