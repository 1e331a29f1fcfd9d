import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { expectPartial, expectQuarantine, expectWhole, type Truth, untilHeard } from '../kit/one-truth.ts';
import { waitFor } from '../kit/wait.ts';
import { writePool } from '../kit/write-pool.ts';
import { add } from './agent-cluster.ts';

describe('a daemon with the embedded engine and two agents of its own', () => {
  const daemons = new Map<string, DaemonProcess>();
  const inBlocks = new Map<string, string>();
  const shared = new Map<string, string>();
  const truth: Truth = { inBlocks, shared };
  const names = ['node1', 'node2', 'node3'];
  const daemonOf = (name: string): DaemonProcess => daemons.get(name) as DaemonProcess;
  const asked = (name: string) => ({ name, cli: (...args: string[]) => daemonOf(name).cli(...args) });

  beforeAll(async () => {
    const server = `127.0.0.1:${await freePort()}`;
    for (const node of names) {
      const isServer = node === 'node1';
      const own = isServer ? server : `127.0.0.1:${await freePort()}`;
      const args = ['--insecure', '--grpc-addr', own, ...(isServer ? [] : ['--agent', '--join', server])];
      const daemon = new DaemonProcess({ node, clusterCidr: isServer ? '10.40.0.0/16' : '', args });
      daemons.set(node, daemon);
      await daemon.start();
    }
    await writePool(daemonOf('node1'), 'office', { subnet: '10.30.0.0/24', cooldown: 0 });
    for (const name of names) {
      inBlocks.set(name, await add(daemonOf(name), `on-${name}`));
      shared.set(name, await add(daemonOf(name), `shared-${name}`, 'office'));
    }
    for (const name of names) await untilHeard(asked(name));
  });
  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.remove();
  });

  it('answer alike, whichever is asked', async () => {
    for (const name of names) await expectWhole(asked(name), truth);
    await expectQuarantine(asked('node1'), inBlocks.get('node2') ?? '', 'node2', 0);
    await expectQuarantine(asked('node2'), inBlocks.get('node1') ?? '', 'node1', 0);
  });

  it('name an agent that is away, and call what it alone knows unknown', async () => {
    await daemonOf('node3').crash();
    for (const name of ['node1', 'node2']) await expectPartial(asked(name), 'node3', truth);
    await expectQuarantine(asked('node2'), inBlocks.get('node3') ?? '', 'node3', 6);
    await daemonOf('node3').start();
    for (const name of names) await untilHeard(asked(name));
  });

  it('say of everything that others may have changed that it is of before, while the one is away that keeps the state', async () => {
    await daemonOf('node1').crash();
    const own = asked('node2');
    await waitFor(
      'the agent to notice',
      async () =>
        (await own.cli('stats')).stderr.includes('is not seen: the cluster has been unreachable since') || undefined,
    );
    for (const verb of ['stats', 'blocks', 'addresses', 'pools', 'check']) {
      const { exit, stderr } = await own.cli(verb);
      expect({ exit, stderr }, verb).toMatchObject({ exit: 6, stderr: expect.stringContaining('is not seen') });
    }
    // Of its own record it is sure; of a claim that it has seen, and of another's block, it is not.
    expect(await own.cli('lookup', inBlocks.get('node2') ?? '')).toMatchObject({ exit: 0, stderr: '' });
    expect(await own.cli('lookup', inBlocks.get('node1') ?? '')).toMatchObject({ exit: 6 });
    expect(await own.cli('lookup', '10.30.0.200')).toMatchObject({ exit: 6 });
    expect(await own.cli('quarantine', inBlocks.get('node3') ?? '', '--reason', 'x')).toMatchObject({ exit: 1 });
    expect(await own.cli('forget', 'node3')).toMatchObject({ exit: 1 });
  });
});
