import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Block, blockKind } from '../../src/resources/block.ts';
import { memberName } from '../../src/tls/identity.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from '../security/pki.ts';
import { add } from './agent-cluster.ts';

describe('agents of a real member, with certificates', () => {
  const daemons: DaemonProcess[] = [];

  afterEach(async () => {
    for (const daemon of daemons.reverse()) await daemon.remove();
    daemons.length = 0;
  });

  function daemon(node: string, args: readonly string[], clusterCidr = ''): DaemonProcess {
    const made = new DaemonProcess({ node, clusterCidr, args });
    daemons.push(made);
    return made;
  }

  it('lease for the node that the certificate names, and for no other', async () => {
    const pki = new Pki();
    const address = `127.0.0.1:${await freePort()}`;
    const member = daemon('m1', ['--bootstrap', '--bind-addr', address], '10.50.0.0/16');
    const card = { uses: ['server', 'client'] as const, hosts: ['m1', memberName, '127.0.0.1', 'localhost'] };
    writePki(join(member.dataDir, 'pki'), pki, pki.card('member', 'm1', card));
    await member.start();

    const a = daemon('a', ['--agent', '--join', address]);
    writePki(join(a.dataDir, 'pki'), pki, pki.node('a'));
    await a.start();
    const given = await add(a, 'c0');
    expect(given).toMatch(/^10\.50\./);

    // The same certificate on a daemon that says to be another node.
    const b = daemon('b', ['--agent', '--join', address]);
    writePki(join(b.dataDir, 'pki'), pki, pki.node('a'));
    b.spawn();
    expect(await b.ended()).toBe(2);
    expect(b.log).toContain('tls.crt is of node "a", and this is "b"');
    const blocks = async () =>
      JSON.parse((await member.cli('get', 'ipblock', '-o', 'json')).stdout) as { readonly items: readonly Block[] };
    expect((await blocks()).items.map(({ kind, spec }) => [kind, spec.node])).toEqual([[blockKind, 'a']]);

    // Whichever daemon an operator asks: its node's certificate is enough to withhold an address.
    const free = given.replace(/\d+$/, '77');
    expect(await a.cli('quarantine', free, '--reason', 'answers ARP')).toMatchObject({ exit: 0 });
    expect((await member.cli('lookup', free)).stdout).toContain('answers ARP');
    expect(await a.cli('lift', free)).toMatchObject({ exit: 0 });
    // And not enough to take anything from another node.
    await add(member, 'm0');
    const forgotten = await waitFor('the agent to see the block of another', async () => {
      const answer = await a.cli('forget', 'm1');
      return answer.exit === 4 ? undefined : answer;
    });
    expect(forgotten).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/may not delete IPBlock.*ask a member/s),
    });

    // Nobody takes a node for gone whose daemon is there.
    const forget = () => member.cli('forget', 'a');
    const refused = await waitFor('the agent to be seen', async () => {
      const answer = await forget();
      return answer.stderr.includes('the ipam-daemon of node "a" runs') ? answer : undefined;
    });
    expect(refused.exit).toBe(1);
    expect(await add(a, 'c0')).toBe(given);
    await a.stop();
    await waitFor('the agent to be forgotten', async () => ((await forget()).exit === 0 ? true : undefined));
    expect((await blocks()).items.map(({ spec }) => spec.node)).toEqual(['m1']);
  });
});
