import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { bin, referencePlugins } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';
import { run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';

/** A container runtime with libcni in it, as kubelets' runtimes have: it validates, caches results, and calls DEL by itself. */
describe('our IPAM plugin under podman with its CNI back end', () => {
  const daemon = new DaemonProcess();
  const at = (...parts: string[]): string => join(daemon.directory, ...parts);
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: '/root',
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
  };

  skipEach(needsRoot);

  beforeAll(async () => {
    if (needsRoot !== '') return;
    await daemon.start();
    for (const directory of [
      'root/bin',
      'root/proc',
      'root/sys',
      'root/dev',
      'root/etc',
      'root/run',
      'root/tmp',
      'net.d',
    ]) {
      mkdirSync(at(directory), { recursive: true });
    }
    cpSync('/bin/busybox', at('root/bin/busybox'));
    symlinkSync('busybox', at('root/bin/ip'));
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket, routes: [{ dst: '0.0.0.0/0' }] };
    const network = { cniVersion: '0.4.0', name: 'berth', plugins: [{ type: 'ptp', ipam }] };
    writeFileSync(at('net.d/berth.conflist'), JSON.stringify(network));
    writeFileSync(
      at('containers.conf'),
      `[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n[network]\nnetwork_backend = "cni"\ncni_plugin_dirs = ["${bin}", "${referencePlugins}"]\nnetwork_config_dir = "${at('net.d')}"\n`,
    );
    writeFileSync(
      at('storage.conf'),
      `[storage]\ndriver = "vfs"\nrunroot = "${at('run')}"\ngraphroot = "${at('graph')}"\n`,
    );
  });
  afterAll(() => daemon.remove());

  it('gives each container an address and takes it back when the container ends', async () => {
    const show = async (): Promise<string> => {
      const { exit, stdout, stderr } = await run(
        'podman',
        // Limits as low as any machine allows: podman's own defaults may be above what we may set.
        [
          '--tmpdir',
          at('tmp'),
          'run',
          '--rm',
          '--network',
          'berth',
          '--ulimit',
          'nofile=1024:1024',
          '--ulimit',
          'nproc=1024:1024',
          '--security-opt',
          'seccomp=unconfined',
          '--rootfs',
          at('root'),
          '/bin/ip',
          '-4',
          'addr',
          'show',
          'dev',
          'eth0',
        ],
        { env: environment },
      );
      expect(stderr).not.toContain('Error');
      expect(exit).toBe(0);
      return /inet (\S+)/.exec(stdout)?.[1] ?? '';
    };
    expect(await show()).toMatch(/^10\.244\.0\.2\/24$/);
    // Released, and cooling down: the next container gets another.
    expect(await show()).toMatch(/^10\.244\.0\.3\/24$/);
    expect(JSON.parse((await daemon.cli('addresses', '-o', 'json')).stdout)).toEqual([]);
    expect(JSON.parse((await daemon.cli('stats', '-o', 'json')).stdout)).toMatchObject({ used_ips: 0 });
    expect(await daemon.cli('check')).toMatchObject({ exit: 0 });
  });
});
