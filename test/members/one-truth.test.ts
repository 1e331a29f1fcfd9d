import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { add } from '../agents/agent-cluster.ts';
import { type ClusterMember, MemberCluster } from '../kit/member-cluster.ts';
import {
  type AskedDaemon,
  expectPartial,
  expectQuarantine,
  expectWhole,
  type Truth,
  untilHeard,
} from '../kit/one-truth.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { writePool } from '../kit/write-pool.ts';

describe.skipIf(needsRoot !== '')(asRoot('three members and an agent'), () => {
  const cluster = new MemberCluster();
  const inBlocks = new Map<string, string>();
  const shared = new Map<string, string>();
  const truth: Truth = { inBlocks, shared };
  const names = ['ipam-1', 'ipam-2', 'ipam-3', 'ipam-4'];
  const asked = ({ name, daemon }: ClusterMember): AskedDaemon => ({ name, cli: (...args) => daemon.cli(...args) });

  beforeAll(async () => {
    await cluster.open();
    await cluster.start('ipam-1', 'ipam-2', 'ipam-3');
    await cluster.voters(3);
    const agent = await cluster.machine('ipam-4', ['--agent', '--join', 'ipam-1:7000', '--grpc-addr', '0.0.0.0:9090']);
    await agent.daemon.start();
    await writePool(cluster.get('ipam-1').daemon, 'office', { subnet: '10.30.0.0/24', cooldown: 0 });
    for (const name of names) {
      inBlocks.set(name, await add(cluster.get(name).daemon, `on-${name}`));
      shared.set(name, await add(cluster.get(name).daemon, `shared-${name}`, 'office'));
    }
    for (const name of names) await untilHeard(asked(cluster.get(name)));
  });
  afterAll(() => cluster.close());

  it('answer alike, whichever is asked', async () => {
    for (const name of names) await expectWhole(asked(cluster.get(name)), truth);
    await expectQuarantine(asked(cluster.get('ipam-1')), inBlocks.get('ipam-2') ?? '', 'ipam-2', 0);
    await expectQuarantine(asked(cluster.get('ipam-2')), inBlocks.get('ipam-4') ?? '', 'ipam-4', 0);
    await expectQuarantine(asked(cluster.get('ipam-4')), inBlocks.get('ipam-3') ?? '', 'ipam-3', 0);
    const released = await cluster.get('ipam-1').daemon.cli('release', inBlocks.get('ipam-2') ?? '');
    expect(released).toMatchObject({ exit: 1, stderr: expect.stringContaining('held on node "ipam-2"') });
  });

  it.each(['ipam-4', 'ipam-3'])('name %s while it is away, and call what it alone knows unknown', async (silent) => {
    await cluster.get(silent).daemon.crash();
    for (const name of names.filter((one) => one !== silent)) {
      await expectPartial(asked(cluster.get(name)), silent, truth);
    }
    await expectQuarantine(asked(cluster.get('ipam-1')), inBlocks.get(silent) ?? '', silent, 6);
    await cluster.get(silent).daemon.start();
    for (const name of names) await untilHeard(asked(cluster.get(name)));
    await expectWhole(asked(cluster.get('ipam-1')), truth);
  });
});
