import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess, type DaemonProcessOptions } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { must, run } from '../kit/run.ts';

const netns = '/var/run/netns/none';
const network = (daemonSocket: string) => ({
  cniVersion: '1.0.0',
  name: 'net',
  type: 'ptp',
  ipam: { type: 'ipam-plugin', daemonSocket },
});

describe('bad configuration of ipam-daemon', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function refused(text: string, ...flags: string[]) {
    const file = join(directory, 'daemon.yaml');
    writeFileSync(file, text);
    const { exit, stderr } = await run(join(bin, 'ipam-daemon'), [
      '--config',
      file,
      '--data-dir',
      join(directory, 'data'),
      ...flags,
    ]);
    expect(exit).toBe(2);
    expect(existsSync(join(directory, 'data'))).toBe(false);
    return stderr;
  }

  it.each([
    ['text that is no YAML', 'cluster: [', /daemon\.yaml: /],
    ['an unknown section', 'clutser: {}', /unknown key "clutser"; known keys: .*cluster/],
    [
      'an unknown key',
      'cluster: {nodeBlokSize: 24}',
      /cluster: unknown key "nodeBlokSize"; known keys: cidr, nodeBlockSize/,
    ],
    [
      'a CIDR with host bits',
      'cluster: {cidr: 10.244.0.1/16}',
      /cluster\.cidr: .*host bits are set; the network is 10\.244\.0\.0\/16/,
    ],
    [
      'a CIDR that no interface can have',
      'cluster: {cidr: 224.0.0.0/16}',
      /cluster\.cidr: no interface can have addresses of 224\.0\.0\.0\/4, multicast/,
    ],
    ['two CIDRs of one family', 'cluster: {cidr: "10.0.0.0/16,10.1.0.0/16"}', /two CIDRs of one IP family/],
    [
      'a block size larger than the pool',
      'cluster: {cidr: 10.244.0.0/24, nodeBlockSize: 16}',
      /cluster\.nodeBlockSize: a \/16 block is larger than the cluster's \/24[\s\S]*24\.\.30/,
    ],
    [
      'a block size that leaves nothing',
      'cluster: {cidr: 10.244.0.0/24, nodeBlockSize: 31}',
      /a \/31 block leaves no address/,
    ],
    ['a number that is text', 'cluster: {nodeBlockSize: big}', /cluster\.nodeBlockSize: .*"big"/],
    ['a bad duration', 'raft: {heartbeatTimeout: soon}', /raft\.heartbeatTimeout: not a duration.*"soon"/],
    ['a bad listen address', 'grpc: {bindAddr: nine}', /grpc\.bindAddr: .*"nine"/],
    [
      'a relative socket',
      'grpc: {unixSocket: ipam.sock}',
      /grpc\.unixSocket: not an absolute path \(got "ipam\.sock"\)/,
    ],
    ['a bad threshold', 'performance: {preallocateThreshold: 2}', /performance\.preallocateThreshold: .*\(got 2\)/],
    ['a bad log level', 'logging: {level: loud}', /logging\.level: .*"debug".*\(got "loud"\)/],
    ['a bad node name', 'raft: {nodeID: "a/b"}', /raft\.nodeID: .*"a\/b"/],
    ['a member without a port', 'raft: {joinAddr: "ipam-1"}', /raft\.joinAddr: .*"ipam-1"/],
    ['peers that are no list', 'raft: {peers: "ipam-1:7000"}', /raft\.peers: /],
    ['an address for others that is none', 'raft: {advertiseAddr: "a b"}', /raft\.advertiseAddr: .*"a b"/],
    [
      'a member of another engine',
      'store: {engine: embedded}\nraft: {bootstrap: true}',
      /embedded has no members to bootstrap/,
    ],
    ['an agent that begins a cluster', 'raft: {agent: true, bootstrap: true}', /raft\.agent .*begins no cluster/],
    ['an agent of nobody', 'raft: {agent: true}', /raft\.agent .*no member is named/],
    [
      'an agent of another engine',
      'store: {engine: embedded}\nraft: {agent: true, joinAddr: "a:7000"}',
      /embedded needs no agents/,
    ],
    ['a heartbeat that is too fast', 'raft: {bootstrap: true, heartbeatTimeout: 1ms}', /raft\.heartbeatTimeout: 1ms/],
    ['files for TLS beside --insecure', 'tls: {insecure: true, caFile: /etc/ca.crt}', /certificates are named in tls/],
    ['too many connections', 'limits: {connections: 0}', /limits\.connections: /],
  ])('refuses %s', async (_what, text, says) => {
    expect(await refused(text)).toMatch(says);
  });

  it.each([
    [
      '--bootstrap with --agent',
      ['--bootstrap', '--agent'],
      /begins no cluster[\s\S]*leave out --agent or --bootstrap/,
    ],
    ['--agent without --join', ['--agent'], /no member is named[\s\S]*--join=ipam-1:7000/],
    ['--join without a port', ['--join', 'ipam-1'], /raft\.joinAddr: .*"ipam-1"/],
    ['--bind-addr without a port', ['--bind-addr', '0.0.0.0'], /raft\.bindAddr: .*"0\.0\.0\.0"/],
    ['--bootstrap of the embedded engine', ['--bootstrap', '--store-engine', 'embedded'], /no members to bootstrap/],
  ])('refuses %s', async (_what, flags, says) => {
    expect(await refused('', ...flags)).toMatch(says);
  });

  it.each([
    ['--join', ['--join', 'ipam-1:7000'], /members on 0\.0\.0\.0:7000 would talk to the network without certificates/],
    ['--bootstrap', ['--bootstrap'], /members on 0\.0\.0\.0:7000 would talk to the network without certificates/],
    ['--agent', ['--agent', '--join', 'ipam-1:7000'], /an agent of ipam-1:7000 would believe whoever answers there/],
  ])('refuses %s off loopback without certificates, and says how to make them', async (_what, flags, says) => {
    const { exit, stderr } = await run(join(bin, 'ipam-daemon'), ['--data-dir', join(directory, 'data'), ...flags]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('ipam-cli certs init');
  });

  it('refuses an unknown flag', async () => {
    expect(await refused('', '--nod-id', 'x')).toMatch(/unknown option '--nod-id'[\s\S]*--node-id/);
  });

  it('refuses a configuration file that is not there', async () => {
    const { exit, stderr } = await run(join(bin, 'ipam-daemon'), ['--config', '/nowhere/daemon.yaml']);
    expect(exit).toBe(2);
    expect(stderr).toContain('/nowhere/daemon.yaml');
  });
});

describe('ipam-daemon in a bad place', () => {
  const daemons: DaemonProcess[] = [];
  const make = (options?: DaemonProcessOptions): DaemonProcess => {
    const daemon = new DaemonProcess(options);
    daemons.push(daemon);
    return daemon;
  };
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.remove();
  });

  it('refuses another block size than its pool was made with', async () => {
    const first = make({ args: ['--block-size', '26'] });
    await first.start();
    await first.stop();
    const second = make({ dataDir: first.dataDir });
    second.spawn();
    expect(await second.ended()).toBe(2);
    expect(second.log).toMatch(
      /10\.244\.0\.0\/16 with \/24 blocks is not what pool "cluster-ipv4" has: 10\.244\.0\.0\/16 with \/26/,
    );
  });

  it('makes its socket for its own user only, takes over a stale one, and leaves a living daemon alone', async () => {
    const daemon = make();
    await daemon.start();
    expect(statSync(daemon.socket).mode & 0o777).toBe(0o600);
    const second = await run(join(bin, 'ipam-daemon'), [
      '--data-dir',
      join(daemon.directory, 'other'),
      '--unix-socket',
      daemon.socket,
      '--grpc-addr',
      '',
      '--metrics-addr',
      '',
    ]);
    expect(second.exit).toBe(2);
    expect(second.stderr).toMatch(/another daemon listens on/);
    await daemon.crash();
    expect(existsSync(daemon.socket)).toBe(true);
    await daemon.start();
  });

  it('refuses data that another daemon uses, even one that nobody finds any more, and takes it when that one died', async () => {
    const daemon = make();
    await daemon.start();
    rmSync(daemon.socket);
    const second = make({ dataDir: daemon.dataDir });
    second.spawn();
    expect(await second.ended()).toBe(2);
    expect(second.log).toMatch(/another daemon uses the data in .*\nhint: stop it first/);
    const recovery = await run(join(bin, 'ipam-daemon'), ['--recover', '--data-dir', daemon.dataDir]);
    expect(recovery).toMatchObject({ exit: 2, stderr: expect.stringContaining('another daemon uses the data') });
    await daemon.crash();
    await second.start();
  });

  it('is found again after its socket file was removed', async () => {
    const daemon = make();
    await daemon.start();
    rmSync(daemon.socket);
    expect(await cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: 'a', netns })).toMatchObject(
      { exit: 0 },
    );
    expect(daemon.log).toContain('the socket file was gone');
  });

  it('does not take a file that is no socket for one', async () => {
    const daemon = make();
    writeFileSync(daemon.socket, 'precious');
    daemon.spawn();
    expect(await daemon.ended()).toBe(2);
    expect(daemon.log).toMatch(/is there already and is no socket/);
  });

  it('waits for a daemon that is away, then says 11', async () => {
    const daemon = make();
    const away = await cni('ipam-plugin', network(daemon.socket), {
      command: 'ADD',
      containerId: 'a',
      netns,
      env: { BERTH_CNI_TIMEOUT_MS: '100' },
    });
    expect(away).toMatchObject({ exit: 1, json: { code: 11, msg: expect.stringContaining('does not answer') } });
    const patient = cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: 'a', netns });
    await daemon.start();
    expect(await patient).toMatchObject({ exit: 0 });
  });

  it('says 11 of a daemon that hangs, and serves on when it goes on', async () => {
    const daemon = make();
    await daemon.start();
    daemon.signal('SIGSTOP');
    const hung = await cni('ipam-plugin', network(daemon.socket), {
      command: 'ADD',
      containerId: 'a',
      netns,
      env: { BERTH_CNI_TIMEOUT_MS: '300' },
    });
    expect(hung).toMatchObject({ exit: 1, json: { code: 11, msg: expect.stringContaining('does not answer') } });
    daemon.signal('SIGCONT');
    const added = await cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: 'a', netns });
    expect(added).toMatchObject({ exit: 0 });
    // The call that nobody waited for may have been served: it was the same attachment, so it is the same address.
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toHaveLength(1);
  });

  it('is not talked to by another user, and does not talk to one', async (context) => {
    context.skip(needsRoot !== '', needsRoot);
    const daemon = make();
    await daemon.start();
    chmodSync(daemon.directory, 0o755);
    const stranger = await cni('ipam-plugin', network(daemon.socket), {
      command: 'ADD',
      containerId: 'a',
      netns,
      uid: 65_534,
    }).catch(() => undefined);
    if (stranger !== undefined)
      expect(stranger).toMatchObject({ exit: 1, json: { code: 5, msg: expect.stringContaining('no permission') } });
    const trap = join(daemon.directory, 'trap');
    mkdirSync(trap, { mode: 0o777 });
    chmodSync(trap, 0o777);
    const socket = join(trap, 's');
    const script = `require('net').createServer(()=>{}).listen(${JSON.stringify(socket)},()=>{require('fs').chmodSync(${JSON.stringify(socket)},0o777);console.log('up')})`;
    const { spawn } = await import('node:child_process');
    const other = spawn(process.execPath, ['-e', script], {
      uid: 65_534,
      gid: 65_534,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => other.stdout?.once('data', resolve));
      const answer = await cni('ipam-plugin', network(socket), { command: 'ADD', containerId: 'a', netns });
      expect(answer).toMatchObject({
        exit: 1,
        json: { code: 5, msg: expect.stringContaining('belongs to user 65534') },
      });
    } finally {
      other.kill();
    }
  });

  it('survives garbage on its socket', async () => {
    const daemon = make();
    await daemon.start();
    const { connect } = await import('node:net');
    for (const bytes of [
      '\x00\xff garbage',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage',
      'POST /cni HTTP/1.1\r\nContent-Type: application/x-berth-cni\r\nContent-Length: 3\r\n\r\nxyz',
      'P',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(daemon.socket, () => socket.end(bytes));
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
        socket.resume();
      });
    }
    expect(await cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: 'a', netns })).toMatchObject(
      { exit: 0 },
    );
  });

  it('refuses ADD on a full disk, gives nothing out, and goes on when there is room again', async (context) => {
    context.skip(needsRoot !== '', needsRoot);
    const mount = mkdtempSync(join(tmpdir(), 'berth-full-'));
    await must('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]);
    try {
      const daemon = make({ dataDir: join(mount, 'data') });
      await daemon.start();
      await run('/bin/sh', ['-c', `dd if=/dev/zero of=${mount}/filler bs=4096 2>/dev/null`]);
      let full: Awaited<ReturnType<typeof cni>> | undefined;
      for (let index = 0; index < 200 && full === undefined; index += 1) {
        const answer = await cni('ipam-plugin', network(daemon.socket), {
          command: 'ADD',
          containerId: `f${index}`,
          netns,
        });
        if (answer.exit !== 0) full = answer;
      }
      expect(full?.json).toMatchObject({ code: 11, msg: expect.stringContaining('no space left') });
      // LMDB must not meet the full disk itself: what it does then harms the process.
      expect(daemon.log).not.toContain('Write error');
      const before = JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout) as unknown[];
      expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
      rmSync(join(mount, 'filler'));
      expect(
        await cni('ipam-plugin', network(daemon.socket), { command: 'ADD', containerId: 'later', netns }),
      ).toMatchObject({ exit: 0 });
      await daemon.crash();
      await daemon.start();
      const after = JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout) as unknown[];
      expect(after).toHaveLength(before.length + 1);
      await daemon.stop();
    } finally {
      await must('umount', ['-l', mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  });
});
