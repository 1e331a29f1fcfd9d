import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../test/kit/wait.ts';

const script = new URL('debian-packages.sh', import.meta.url).pathname;

describe('the script that installs Debian packages', () => {
  let directory = '';
  let policy = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-packages-'));
    policy = join(directory, 'sbin', 'policy-rc.d');
    mkdirSync(join(directory, 'sbin'));
    mkdirSync(join(directory, 'bin'));
    program('id', 'echo 0');
    program('dpkg-query', 'exit 1');
    program('apt-get', '');
    writeFileSync(join(directory, 'list'), 'etcd-server  # the store\n');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function program(name: string, body: string): void {
    const file = join(directory, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }
  const start = () =>
    spawn(script, [join(directory, 'list')], {
      env: { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, POLICY_RC_D: policy },
      stdio: 'ignore',
    });
  const run = async () => (await once(start(), 'exit'))[0] as number;

  it('keeps services from starting while it installs, and no longer', async () => {
    program('apt-get', `cat ${policy} >>${join(directory, 'seen')}`);
    expect(await run()).toBe(0);
    expect(readFileSync(join(directory, 'seen'), 'utf8')).toContain('exit 101');
    expect(existsSync(policy)).toBe(false);
  });

  it('takes its policy away when apt-get fails', async () => {
    program('apt-get', 'exit 100');
    expect(await run()).toBe(1);
    expect(existsSync(policy)).toBe(false);
  });

  it("leaves the machine's own policy as it is", async () => {
    const own = '#!/bin/sh\nexit 101\n';
    writeFileSync(policy, own);
    expect(await run()).toBe(0);
    expect(readFileSync(policy, 'utf8')).toBe(own);
  });

  it.each([
    ['that has something to install', 'exit 1'],
    ['that has nothing to install', 'printf installed'],
  ])('takes what a killed run left away in the next run %s', async (_what, query) => {
    const [going, on] = [join(directory, 'going'), join(directory, 'on')];
    // It ends with the test's folder, should nobody else end it.
    program('apt-get', `[ -e ${on} ] || : >${going}; until [ -e ${on} ] || [ ! -e ${going} ]; do sleep 0.05; done`);
    const killed = start();
    await waitFor('apt-get to run', async () => existsSync(going) || undefined);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(policy)).toBe(true);
    writeFileSync(on, '');
    program('dpkg-query', query);
    expect(await run()).toBe(0);
    expect(existsSync(policy)).toBe(false);
  });
});
