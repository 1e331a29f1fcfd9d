import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin, root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

const line = /^\{"level":"(debug|info|warn|error)","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/;

describe('a daemon that is operated', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-operation-'));
  const logFile = join(directory, 'ipam.log');
  let daemon: DaemonProcess | undefined;
  afterEach(async () => {
    await daemon?.remove();
    daemon = undefined;
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const started = async () => {
    daemon = new DaemonProcess({ config: `logging: {file: ${logFile}}`, args: ['--log-format', 'json'] });
    await daemon.start();
    return daemon;
  };

  it('goes on after SIGHUP, with its log and its audit in a new file', async () => {
    const { pid, ...running } = await started().then((one) => ({
      pid: one.pid,
      cli: (...args: string[]) => one.cli(...args),
    }));
    renameSync(logFile, `${logFile}.1`);
    process.kill(pid, 'SIGHUP');
    await waitFor('the log to be open anew', () => (existsSync(logFile) ? true : undefined));
    await running.cli('allocate', 'node5');
    const written = await waitFor('the audit line', () => {
      const text = readFileSync(logFile, 'utf8');
      return text.includes('"audit":"lease"') && text.includes('SIGHUP') ? text : undefined;
    });
    expect(readFileSync(`${logFile}.1`, 'utf8')).not.toContain('"audit":"lease"');
    for (const one of written.trim().split('\n')) expect(one).toMatch(line);
    expect(await running.cli('stats')).toMatchObject({ exit: 0 });
    expect(await daemon?.stop()).toBe(0);
  });

  it('reads its configuration again at SIGHUP: takes what it can, and says what waits for a restart', async () => {
    daemon = new DaemonProcess({ config: 'logging: {level: info}', args: ['--log-format', 'json'] });
    await daemon.start();
    const { pid, directory: folder } = daemon;
    const lines = (text: string) => waitFor(text, () => (daemon?.log.includes(text) ? daemon.log : undefined));
    const hangUp = async (config: string, told: string): Promise<string> => {
      writeFileSync(join(folder, 'daemon.yaml'), config);
      process.kill(pid, 'SIGHUP');
      return lines(told);
    };
    await hangUp('logging: {level: warn}\nallocation: {cooldown: 5s}\n', '"settings":["allocation.cooldown"]');
    // What is only information is not told any more: neither this one, nor that a SIGHUP came.
    await daemon.cli('allocate', 'node5');
    const log = await hangUp('logging: {level: loud}', 'going on with the one before');
    expect(log).toContain('logging.level');
    expect(log.match(/SIGHUP: the configuration was read/g) ?? []).toHaveLength(0);
    await hangUp('limits: {burst: 9}\n', '"taken":["limits.burst","logging.level"]');
    expect(await daemon.cli('stats')).toMatchObject({ exit: 0 });
  });

  it('is ended by no SIGHUP that comes while it starts', async () => {
    daemon = new DaemonProcess();
    daemon.spawn();
    const { pid } = daemon;
    // Its launcher, a shell, has the same name; Node.js names itself once it minds the signal.
    await waitFor('the program to run', () =>
      readlinkSync(`/proc/${pid}/exe`).endsWith('/node') &&
      readFileSync(`/proc/${pid}/comm`, 'utf8') === 'ipam-daemon\n'
        ? true
        : undefined,
    );
    process.kill(pid, 'SIGHUP');
    await daemon.ready();
    expect(await daemon.stop()).toBe(0);
  });

  it('is shown by ps under its name, with its flags', async () => {
    const { pid } = await started();
    expect((await run('ps', ['-o', 'comm=', '-p', String(pid)])).stdout.trim()).toBe('ipam-daemon');
    expect((await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)])).stdout).toContain('--node-id node1');
  });
});

describe('--check', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-check-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const check = (program: string, text: string, ...flags: string[]) => {
    const file = join(directory, 'config.yaml');
    writeFileSync(file, text);
    return run(join(bin, program), ['--check', '--config', file, ...flags]);
  };

  it('says of a configuration that it can be used, and makes and opens nothing', async () => {
    const data = join(directory, 'data');
    expect(await check('ipam-daemon', `dataDir: ${data}`, '--node-id', 'n1')).toMatchObject({
      exit: 0,
      stdout: `the configuration can be used: node "n1", engine embedded, data in ${data}, without TLS\n`,
    });
    expect(existsSync(data)).toBe(false);
    expect(await check('ipam-controller', 'leaderElection: {leaseName: x}')).toMatchObject({
      exit: 0,
      stdout: 'the configuration can be used: lease "x"\n',
    });
  });

  it.each([
    ['ipam-daemon', 'logging: {level: loud}', /logging\.level/],
    [
      'ipam-daemon',
      'tls: {caFile: /nowhere/ca.crt, certFile: /nowhere/tls.crt, keyFile: /nowhere/tls.key}',
      /\/nowhere/,
    ],
    ['ipam-daemon', 'store: {engine: kubernetes, kubeconfig: /nowhere/config}', /\/nowhere\/config/],
    ['ipam-controller', 'webhook: {bindAddr: x}', /webhook\.bindAddr/],
    ['ipam-controller', 'kubeconfig: /nowhere/config', /\/nowhere\/config/],
  ])('of %s says with status 2 what is wrong with %s', async (program, text, says) => {
    expect(await check(program, text)).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringMatching(says) });
  });

  it('takes the example configuration', async () => {
    const flags = ['--data-dir', join(directory, 'data')];
    expect(await check('ipam-daemon', readFileSync(join(root, 'configs/daemon.yaml'), 'utf8'), ...flags)).toMatchObject(
      {
        exit: 0,
      },
    );
  });
});

/** What a supervisor is sent: perl is on every Debian, and Node.js cannot listen for datagrams on a Unix socket. */
const listen =
  'use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0) or die; bind(S, pack_sockaddr_un($ARGV[0])) or die; $| = 1; print "bound\\n"; while (defined recv(S, $m, 4096, 0)) { print "$m\\n"; }';

describe('a daemon that is a service', () => {
  it('tells its supervisor when it serves, when it is ready, and when it stops; and its children nothing', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-notify-'));
    const socket = join(directory, 'notify');
    const supervisor = spawn('perl', ['-e', listen, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    supervisor.stdout.on('data', (part: Buffer) => (told += part.toString()));
    const daemon = new DaemonProcess({ env: { NOTIFY_SOCKET: socket } });
    try {
      await waitFor('the supervisor', () => told.includes('bound') || undefined);
      await daemon.start();
      await waitFor('all to be told', () => told.includes('ready') || undefined);
      expect(told).toMatch(
        /READY=1\nSTATUS=node node1: waiting for the state\nSTATUS=node node1: ready, 0 attachments/,
      );
      expect(await daemon.stop()).toBe(0);
      await waitFor('the end to be told', () => told.includes('STOPPING=1') || undefined);
    } finally {
      supervisor.kill();
      await daemon.remove();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('the unit for systemd', () => {
  it('is one that systemd takes', async (context) => {
    if ((await run('sh', ['-c', 'command -v systemd-analyze'])).exit !== 0) {
      context.skip('no systemd-analyze here');
    }
    const directory = mkdtempSync(join(tmpdir(), 'berth-unit-'));
    try {
      const unit = join(directory, 'ipam-daemon.service');
      // It looks for the programs too.
      writeFileSync(
        unit,
        readFileSync(join(root, 'deploy/systemd/ipam-daemon.service'), 'utf8').replaceAll('/usr/local/bin/', `${bin}/`),
      );
      // Its manual page is installed with the package (test/install/deb.test.ts), and may not be here.
      expect(await run('systemd-analyze', ['verify', '--man=no', unit])).toMatchObject({ exit: 0, stderr: '' });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
