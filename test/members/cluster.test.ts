import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpText } from '../kit/daemon-process.ts';
import { type ClusterMember, MemberCluster } from '../kit/member-cluster.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { waitFor } from '../kit/wait.ts';
import { recordsOf, writeRecord } from './records.ts';

const names = ['ipam-1', 'ipam-2', 'ipam-3'] as const;

/** Leases a block to the node of this member, when the cluster lets it. @returns its CIDR */
async function lease({ name, daemon }: ClusterMember): Promise<string> {
  return waitFor(`a block for ${name}`, async () => {
    const { exit, stdout } = await daemon.cli('allocate', name, '-o', 'json');
    return exit === 0 ? (JSON.parse(stdout) as { cidr: string }).cidr : undefined;
  });
}

let records = 0;
/** Writes a record as soon as the cluster lets it. @returns its name */
function record(member: ClusterMember): Promise<string> {
  const number = ++records;
  return waitFor(`record ${number} to be written`, () => writeRecord(member, number));
}

async function metric({ daemon }: ClusterMember, name: string): Promise<number> {
  const text = await httpText(daemon.socket, '/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

describe.skipIf(needsRoot !== '')(asRoot('three daemons in three namespaces'), { timeout: 300_000 }, () => {
  const cluster = new MemberCluster();
  const written: string[] = [];
  const write = async (member: ClusterMember): Promise<void> => void written.push(await record(member));
  /** Everything that was ever written is there, and no block is leased twice. */
  const expectAll = async (member: ClusterMember): Promise<void> => {
    expect((await recordsOf(member)).toSorted()).toEqual(written.toSorted());
    const blocks = JSON.parse((await member.daemon.cli('blocks', '-o', 'json')).stdout) as { cidr: string }[];
    expect(new Set(blocks.map(({ cidr }) => cidr)).size).toBe(blocks.length);
  };

  beforeAll(async () => void (await cluster.open()));
  afterAll(() => cluster.close());

  it('form a cluster with the commands of docs/cluster.md', async () => {
    const commands = [
      ['--bind-addr=0.0.0.0:7000', '--bootstrap'],
      ['--bind-addr=0.0.0.0:7000', '--join=ipam-1:7000'],
      ['--bind-addr=0.0.0.0:7000', '--join=ipam-1:7000'],
    ];
    for (const [index, name] of names.entries()) await cluster.machine(name, commands[index] ?? []);
    // The joiners at the same time, and before there is anything to join.
    for (const name of names.toReversed()) cluster.get(name).daemon.spawn();
    for (const name of names) await cluster.get(name).daemon.ready();
    await cluster.voters(3);
    const list = await cluster.list(cluster.get('ipam-3'));
    expect(list.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'ipam-1 10.77.0.1:7000',
      'ipam-2 10.77.0.2:7000',
      'ipam-3 10.77.0.3:7000',
    ]);
    expect(list.filter(({ is_leader }) => is_leader)).toHaveLength(1);
  });

  it('lease blocks through each, and none twice', async () => {
    const leased: string[] = [];
    for (const name of names) leased.push(await lease(cluster.get(name)));
    expect(new Set(leased).size).toBe(3);
    for (const name of names) await write(cluster.get(name));
    await expectAll(cluster.get('ipam-2'));
  });

  it('tell how they are', async () => {
    // Others hear of a leader before it has looked for itself.
    const leader = await waitFor('a leader that knows it', async () => {
      const found = await cluster.leader();
      return (await metric(found, 'ipam_raft_leader')) === 1 ? found : undefined;
    });
    await expect.poll(() => metric(leader, 'ipam_raft_members'), { timeout: 10_000 }).toBe(3);
    expect(await metric(leader, 'ipam_raft_term')).toBeGreaterThan(1);
    expect(await metric(leader, 'ipam_raft_db_size_bytes')).toBeGreaterThan(0);
    const showPools = await Promise.all(
      names.map(async (name) =>
        (await httpText(cluster.get(name).daemon.socket, '/metrics')).includes('ipam_pool_ips{'),
      ),
    );
    expect(names.filter((_, n) => showPools[n])).toEqual([leader.name]);
    const { stdout } = await leader.daemon.cli('stats');
    expect(stdout).toContain(`Cluster:    berth, 3 of 3 members run, leader ${leader.name}`);
  });

  it.each(names)('go on when %s is killed, and take it back', async (name) => {
    const victim = cluster.get(name);
    const etcd = await victim.etcdPid();
    await victim.daemon.crash();
    // Nobody keeps the data directory: the process died with its daemon.
    await waitFor('its etcd to end', () => (existsSync(`/proc/${etcd}/cwd`) ? undefined : true));
    const other = await cluster.leader(victim);
    await write(other);
    await lease(other);
    await victim.daemon.start();
    await cluster.voters(3);
    await lease(victim);
    await expectAll(victim);
  });

  it('restart an etcd that dies', async () => {
    const member = cluster.get('ipam-2');
    const before = await member.etcdPid();
    process.kill(before, 'SIGKILL');
    await member.etcdPid(before);
    await cluster.voters(3, member);
    expect(member.daemon.log).toMatch(/etcd ended.*end=SIGKILL/);
  });

  it('hand leadership over, when asked and when the leader ends', async () => {
    const before = await cluster.leader();
    const { exit, stdout } = await before.daemon.cli('members', 'lead');
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/^member "ipam-\d" leads\n$/)]);
    const leader = await cluster.leader(before);
    expect(await leader.daemon.stop()).toBe(0);
    const next = await cluster.leader(leader);
    expect(next).not.toBe(leader);
    await leader.daemon.start();
    await cluster.voters(3);
  });

  it('elect another when the leader is cut off, who knows it, and is taken back', async () => {
    const before = await cluster.leader();
    await before.cut();
    const after = await cluster.leader(before);
    await write(after);
    await waitFor('the one that is cut off to know', async () =>
      (await httpText(before.daemon.socket, '/readyz')).includes('no majority') ? true : undefined,
    );
    await before.heal();
    await cluster.voters(3);
    await waitFor('it to be well again', async () =>
      (await httpText(before.daemon.socket, '/readyz')).includes('"ready"') ? true : undefined,
    );
    await expectAll(before);
  });

  it('refuse to remove one when the rest would have no majority, and say when there is none', async () => {
    const [one, two, three] = names.map((name) => cluster.get(name)) as [ClusterMember, ClusterMember, ClusterMember];
    await three.daemon.crash();
    await cluster.leader(three);
    const refused = await one.daemon.cli('members', 'remove', 'ipam-2');
    expect([refused.exit, refused.stderr]).toEqual([
      1,
      expect.stringContaining('without ipam-2 2 voters stay, 2 of which must run; 1 do'),
    ]);
    await two.daemon.crash();
    await waitFor('the outage to be told', async () =>
      (await httpText(one.daemon.socket, '/readyz')).includes('no majority') ? true : undefined,
    );
    expect(await metric(one, 'ipam_raft_quorum')).toBe(0);
    const { stdout } = await one.daemon.cli('members', 'list');
    expect(stdout).toContain('NO MAJORITY RUNS');
    expect(stdout).toMatch(/ipam-3 .* away /);
    await Promise.all([two.daemon.start(), three.daemon.start()]);
    await cluster.voters(3);
  });

  it.each([
    ['ipam-3', 'a joiner'],
    ['ipam-1', 'the one that still has --bootstrap in its command, which does not begin a second cluster'],
  ])('replace %s, %s, when its disk is wiped', async (name) => {
    const victim = cluster.get(name);
    const before = (await cluster.list()).find((member) => member.name === name)?.id;
    await victim.daemon.crash();
    victim.wipe();
    await cluster.leader(victim);
    await victim.daemon.start();
    await cluster.voters(3);
    const after = (await cluster.list(victim)).find((member) => member.name === name)?.id;
    expect(after).not.toBe(before);
    await expectAll(victim);
  });

  it('grow to five, and one leaves', async () => {
    await cluster.join('ipam-4', cluster.get('ipam-2'));
    const five = await cluster.join('ipam-5', cluster.get('ipam-4'));
    await cluster.voters(5);
    await write(five);
    const { exit, stdout } = await five.daemon.cli('members', 'remove', 'ipam-4');
    expect([exit, stdout]).toEqual([0, 'member "ipam-4" removed\n']);
    const gone = cluster.get('ipam-4');
    await waitFor('the removed member to know', async () =>
      (await httpText(gone.daemon.socket, '/readyz')).includes('removed this member') ? true : undefined,
    );
    await cluster.voters(4, five);
    expect(await gone.daemon.stop()).toBe(0);
  });

  it('save a snapshot that a new cluster begins with', async () => {
    const file = join(cluster.get('ipam-1').daemon.directory, 'snapshot');
    const saved = await cluster.get('ipam-1').daemon.cli('snapshot', 'save', file, '-o', 'json');
    expect(saved.exit).toBe(0);
    expect(JSON.parse(saved.stdout)).toMatchObject({ clusterName: 'berth', member: 'ipam-1' });
    expect(readFileSync(file, 'utf8')).toContain(written[0]);
    const fresh = await cluster.machine('ipam-6', ['--bootstrap']);
    const { exit, stdout } = await fresh.daemon.cli('snapshot', 'restore', file, '--data-dir', fresh.daemon.dataDir);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('start ipam-daemon --bootstrap')]);
    await fresh.daemon.start();
    await expectAll(fresh);
    expect((await cluster.list(fresh)).map(({ name }) => name)).toEqual(['ipam-6']);
    await fresh.daemon.stop();
  });

  it('begin anew from one disk, and keep the past out', async () => {
    for (const name of ['ipam-1', 'ipam-3', 'ipam-5']) await cluster.get(name).daemon.crash();
    const survivor = cluster.get('ipam-2');
    await survivor.daemon.crash();
    survivor.daemon.spawn('--force-new-cluster');
    await survivor.daemon.ready();
    await cluster.voters(1, survivor);
    await expectAll(survivor);
    // One of the past comes back with its old disk: it must not find others of the past and go on with them.
    const past = cluster.get('ipam-3');
    past.daemon.spawn();
    await waitFor('it to know', () =>
      past.daemon.log.includes('began the cluster anew without this member') ? true : undefined,
    );
    await past.daemon.crash();
    past.wipe();
    past.daemon.spawn('--join=ipam-2:7000');
    await past.daemon.ready();
    await cluster.voters(2, survivor);
  });
});
