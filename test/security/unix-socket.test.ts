import { chmodSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin } from '../kit/paths.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

const [member, stranger] = [54_321, 54_322];

describe.skipIf(needsRoot !== '')(asRoot('the Unix socket, for others than root'), () => {
  const open = new DaemonProcess({ config: `grpc: {socketGroup: ${member}}\n` });
  const closed = new DaemonProcess();
  beforeAll(async () => {
    await Promise.all([open.start(), closed.start()]);
    for (const { directory } of [open, closed]) chmodSync(directory, 0o755);
  });
  afterAll(async () => {
    await Promise.all([open.remove(), closed.remove()]);
  });

  const as = (uid: number, daemon: DaemonProcess, ...args: string[]) =>
    run(join(bin, 'ipam-cli'), ['--daemon', daemon.socket, ...args], { uid, env: { NODE_COMPILE_CACHE: '' } });

  it('is of mode 0600 without a group, and 0660 with one', () => {
    expect(statSync(closed.socket).mode & 0o777).toBe(0o600);
    expect(statSync(open.socket)).toMatchObject({ gid: member });
    expect(statSync(open.socket).mode & 0o777).toBe(0o660);
  });

  it('lets a member of the group be an operator, and no admin', async () => {
    expect(await as(member, open, 'allocate', 'node5')).toMatchObject({ exit: 0 });
    const refused = await as(member, open, 'delete', 'pool', 'cluster-ipv4');
    expect(refused).toMatchObject({ exit: 1 });
    expect(refused.stderr).toContain(`operator "uid ${member}" may not call ipam.Resources/Delete`);
    const caller = `"caller":{"name":"uid ${member}","role":"operator","via":"unix","address":"unix"}`;
    await waitFor(caller, () => (open.log.includes(caller) ? true : undefined));
  });

  it('serves members of the group no CNI call', async () => {
    const script = `
      const socket = require('node:net').connect(${JSON.stringify(open.socket)});
      socket.end('POST /cni HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n');
      socket.pipe(process.stdout);`;
    const answer = await run(process.execPath, ['-e', script], { uid: member });
    expect(answer.stdout).toMatch(/^HTTP\/1\.1 404/);
  });

  it('lets nobody else connect', async () => {
    expect(await as(stranger, open, 'stats')).toMatchObject({ exit: 5 });
    expect(await as(stranger, closed, 'stats')).toMatchObject({ exit: 5 });
    expect(await as(member, closed, 'stats')).toMatchObject({ exit: 5 });
  });

  it('asks the kernel, whatever the mode of the file', async () => {
    chmodSync(closed.socket, 0o666);
    expect(await as(stranger, closed, 'stats')).toMatchObject({ exit: 5 });
    const line = `uid ${stranger} is neither root, nor the daemon's user, nor of grpc.socketGroup`;
    await waitFor(line, () => (closed.log.includes(line) ? true : undefined));
    const socket = connect(closed.socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect(await closed.cli('stats')).toMatchObject({ exit: 0 });
  });

  it('says of a group that is not there what to do', async () => {
    const daemon = new DaemonProcess({ config: 'grpc: {socketGroup: nobody-knows}\n' });
    daemon.spawn();
    expect(await daemon.ended()).toBe(2);
    expect(daemon.log).toContain('no group "nobody-knows"');
    await daemon.remove();
  });
});
