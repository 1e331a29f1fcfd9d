import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../kit/paths.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { must } from '../kit/run.ts';
import { ServiceMachine } from '../kit/service-machine.ts';
import { waitFor } from '../kit/wait.ts';

const needed = ['/lib/systemd/systemd', '/usr/bin/dpkg-deb', '/usr/bin/deb-systemd-helper'];
const missing = needsRoot || needed.filter((file) => !existsSync(file)).map((file) => `needs ${file}`)[0] || '';
const network = JSON.stringify({ cniVersion: '1.0.0', name: 'net', type: 'x', ipam: { type: 'ipam-plugin' } });
const later = '99.0.0';

describe.skipIf(missing !== '')(asRoot('the Debian package, on a machine whose process 1 is systemd'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-deb-'));
  const machine = new ServiceMachine();
  const property = async (name: string) =>
    (await machine.must('systemctl', 'show', '--value', '-p', name, 'ipam-daemon')).trim();
  const becomes = (name: string, value: string) =>
    waitFor(`${name} to be ${value}`, async () => ((await property(name)) === value ? true : undefined));
  const add = async (id: string): Promise<string> => {
    const call = `CNI_COMMAND=ADD CNI_CONTAINERID=${id} CNI_NETNS=/run/netns/x CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin /opt/cni/bin/ipam-plugin`;
    const answer = await machine.must('sh', '-c', `echo '${network}' | ${call}`);
    return (JSON.parse(answer) as { ips: { address: string }[] }).ips[0]?.address ?? '';
  };
  const held = async (): Promise<readonly string[]> =>
    (await machine.must('ipam-cli', 'addresses', '-o', 'name')).trim().split('\n');

  beforeAll(async () => {
    const quickly = { ...process.env, DEB_COMPRESSION: 'none' } as Record<string, string>;
    await must('make', ['-C', root, 'deb', `DEB_OUT=${folder}`], { env: quickly });
    await must('sh', ['-c', `mv ${folder}/berth_*.deb ${folder}/berth.deb`]);
    await must('dpkg-deb', ['--raw-extract', join(folder, 'berth.deb'), join(folder, 'later')]);
    const control = join(folder, 'later/DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, `Version: ${later}`));
    await must('dpkg-deb', ['-Znone', '--build', join(folder, 'later'), join(folder, 'later.deb')]);
    await machine.start();
    for (const name of ['berth.deb', 'later.deb']) machine.copy(join(folder, name), `/root/${name}`);
    // Of the machine that this one is made of: its own, and what keeps a container's packages from starting services.
    await machine.must('rm', '-rf', '/opt/cni/bin', '/var/lib/ipam', '/etc/ipam', '/usr/sbin/policy-rc.d');
  });
  afterAll(async () => {
    await machine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is installed whole, and starts nothing before its administrator says so', async () => {
    await machine.must('dpkg', '--install', '/root/berth.deb');
    expect(await machine.must('dpkg', '--verify', 'berth')).toBe('');
    expect((await machine.run('systemctl', 'is-enabled', 'ipam-daemon')).stdout).toBe('disabled\n');
    expect(await property('ActiveState')).toBe('inactive');
    expect(await machine.must('readlink', '/opt/cni/bin/kube-ipam')).toBe('ipam-plugin\n');
    for (const page of ['ipam-daemon.8', 'ipam-controller.8', 'ipam-cli.1']) {
      await machine.must('test', '-s', `/usr/share/man/man${page.at(-1)}/${page}.gz`);
    }
  });

  it('has kubectl\'s plugin "berth", which is ipam-cli, and completes what kubectl asks it', async () => {
    expect(await machine.must('kubectl-berth', '--version')).toBe(await machine.must('ipam-cli', '--version'));
    expect(await machine.must('kubectl-berth', 'pools', '--help')).toContain('Usage: kubectl berth pools');
    expect(await machine.must('kubectl_complete-berth', 'snapshot', 'sa')).toMatch(/^save\t.*\n:4\n$/);
  });

  it('serves as its unit says, under a watchdog, with what a configuration changes', async () => {
    const change =
      's,^# \\(cluster:\\),\\1,; s,^#\\(   cidr:\\),\\1,; s,^# \\(logging:\\),\\1,; s,^#\\(   file:\\),\\1,';
    await machine.must('sed', '-i', change, '/etc/ipam/daemon.yaml');
    await machine.must('systemctl', 'enable', '--now', 'ipam-daemon');
    await waitFor('the daemon', async () => (/: ready/.test(await property('StatusText')) ? true : undefined));
    expect(await property('Type')).toBe('notify');
    expect(await property('WatchdogUSec')).toBe('1min');
    expect(await add('before')).toMatch(/^10\.244\./);
  });

  it('has its log rotated: the daemon writes into the new file', async () => {
    await machine.must('logrotate', '--force', '/etc/logrotate.d/berth');
    const file = '/var/log/berth/ipam-daemon.log';
    await waitFor(
      'the new file',
      async () => (await machine.run('grep', '-q', 'SIGHUP', file)).exit === 0 || undefined,
    );
    await add('logged');
    const of = async (name: string) => (await machine.run('grep', '-c', '"container_id":"logged"', name)).stdout.trim();
    expect(await of(`${file}.1`)).toBe('0');
  });

  it('is upgraded while containers come: no ADD fails, and what they have stays, as does what was configured', async () => {
    const pid = await property('MainPID');
    const configured = await machine.must('cat', '/etc/ipam/daemon.yaml');
    const before = await held();
    let isUnderWay = true;
    const upgrade = machine.must('dpkg', '--install', '/root/later.deb').finally(() => {
      isUnderWay = false;
    });
    const given: string[] = [];
    for (let n = 1; isUnderWay || n < 3; n += 1) given.push((await add(`during-${n}`)).split('/')[0] ?? '');
    await upgrade;
    expect(await property('MainPID')).not.toBe(pid);
    expect(await held()).toEqual(expect.arrayContaining([...before, ...given]));
    expect(await machine.must('cat', '/etc/ipam/daemon.yaml')).toBe(configured);
    expect(await machine.must('dpkg-query', '--show', 'berth')).toBe(`berth\t${later}\n`);
    expect(await machine.run('ipam-cli', 'check')).toMatchObject({ exit: 0 });
  });

  it('is ended by its watchdog when it hangs, and comes back with what it had', async () => {
    const before = await held();
    await machine.must(
      'sh',
      '-c',
      'd=/etc/systemd/system/ipam-daemon.service.d; mkdir $d; printf "[Service]\\nWatchdogSec=2\\n" >$d/quick.conf',
    );
    await machine.must('systemctl', 'daemon-reload');
    await machine.must('systemctl', 'restart', 'ipam-daemon');
    await machine.must('rm', '-r', '/etc/systemd/system/ipam-daemon.service.d');
    await machine.must('systemctl', 'daemon-reload');
    const pid = await property('MainPID');
    await machine.must('kill', '-STOP', pid);
    await waitFor('another daemon', async () => {
      const now = await property('MainPID');
      return (now !== pid && now !== '0' && (await machine.run('ipam-cli', 'stats')).exit === 0) || undefined;
    });
    expect(await held()).toEqual(expect.arrayContaining([...before]));
    expect(await machine.must('journalctl', '-u', 'ipam-daemon')).toContain('Watchdog timeout');
  });

  it('is removed with its service, but for what is configured; and purged, but for who has which address', async () => {
    await machine.must('dpkg', '--remove', 'berth');
    await becomes('ActiveState', 'inactive');
    const left = async (...paths: string[]) => (await machine.run('ls', '-d', ...paths)).stdout.trim().split('\n');
    const paths = [
      '/etc/ipam/daemon.yaml',
      '/var/lib/ipam/store',
      '/usr/lib/berth',
      '/opt/cni/bin/kube-ipam',
      '/var/log/berth',
    ];
    expect(await left(...paths)).toEqual(['/etc/ipam/daemon.yaml', '/var/lib/ipam/store', '/var/log/berth']);
    expect(await machine.must('dpkg', '--purge', 'berth')).toContain('/var/lib/ipam');
    expect(await left(...paths)).toEqual(['/var/lib/ipam/store']);
  });
});
