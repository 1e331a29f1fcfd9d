import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';

const [firstPort, secondPort, otherPort] = [await freePort(), await freePort(), await freePort()];

describe('members with certificates', () => {
  const authority = mkdtempSync(join(tmpdir(), 'berth-pki-'));
  const daemons: DaemonProcess[] = [];
  const issue = (role: string, name: string) =>
    must(join(bin, 'ipam-cli'), ['certs', 'issue', role, name, '--dir', authority, '--ip', '127.0.0.1', '--force']);

  /** A daemon with the certificate of this folder of the authority; empty: with none. */
  function member(node: string, certificate: string, port: number, ...args: string[]): DaemonProcess {
    const daemon = new DaemonProcess({ node, clusterCidr: '', args: [`--bind-addr=127.0.0.1:${port}`, ...args] });
    daemons.push(daemon);
    if (certificate !== '') cpSync(join(authority, certificate), join(daemon.dataDir, 'pki'), { recursive: true });
    return daemon;
  }

  beforeAll(async () => {
    await must(join(bin, 'ipam-cli'), ['certs', 'init', '--dir', authority]);
    for (const name of ['ipam-1', 'ipam-2']) await issue('member', name);
    await issue('node', 'node-1');
  });
  afterAll(async () => {
    for (const daemon of daemons) await daemon.remove();
    rmSync(authority, { recursive: true, force: true });
  });

  it('join one another', async () => {
    const first = member('ipam-1', 'ipam-1', firstPort, '--bootstrap');
    await first.start();
    const second = member('ipam-2', 'ipam-2', secondPort, `--join=127.0.0.1:${firstPort}`);
    await second.start();
    await waitFor('both to vote', async () => {
      const { stdout } = await second.cli('members', 'list');
      return /ipam-1 .*running/.test(stdout) && /ipam-2 .* (voter|leader) +running/.test(stdout) ? true : undefined;
    });
    // Etcd speaks to etcd, in TLS: the log of the one that joined would say otherwise.
    expect(second.log).not.toMatch(/rejected connection|tls:/);
  });

  it.each([
    // It knows so itself; what a member answers to such a call is among the attacks of test/security.
    ['of a node', 'node-1', 'node-1', 2, /is of the role "node", not of "member"/],
    ['of another member', 'ipam-9', 'ipam-2', 1, /member "ipam-2" may not act for node "ipam-9"/],
  ])('do not admit whoever shows a certificate %s', async (_what, node, certificate, exit, says) => {
    const daemon = member(node, certificate, otherPort, `--join=127.0.0.1:${firstPort}`);
    daemon.spawn();
    expect(await daemon.ended()).toBe(exit);
    expect(daemon.log).toMatch(says);
  });

  it('do not admit whoever shows none', async () => {
    const daemon = member('ipam-9', '', otherPort, `--join=127.0.0.1:${firstPort}`, '--insecure');
    daemon.spawn();
    await waitFor('it to be turned away', () => (daemon.log.includes('not admitted yet') ? true : undefined));
    const { stdout } = await (daemons[0] as DaemonProcess).cli('members', 'list', '-o', 'json');
    expect((JSON.parse(stdout) as { members: object[] }).members).toHaveLength(2);
  });
});
