import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { etcdVersions } from '../kit/etcd-versions.ts';
import { type ClusterMember, MemberCluster } from '../kit/member-cluster.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { recordsOf, writeRecord } from './records.ts';

const names = ['ipam-1', 'ipam-2', 'ipam-3'] as const;
const [present, newer] = etcdVersions();

/** Writes all the time, through one member after the other, whichever of them run. */
class Writing {
  readonly written: string[] = [];
  readonly #members: readonly ClusterMember[];
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(members: readonly ClusterMember[]) {
    this.#members = members;
    this.#ended = this.#run();
  }

  end(): Promise<void> {
    this.#isOver = true;
    return this.#ended;
  }

  async more(): Promise<void> {
    const before = this.written.length;
    await waitFor('another write', () => (this.written.length > before ? true : undefined));
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#isOver; turn += 1) {
      const member = this.#members[turn % this.#members.length];
      if (member === undefined) throw new Error('no members');
      const name = await writeRecord(member, turn);
      // One that is refused because its member is away may be there all the same.
      if (name !== undefined) this.written.push(name);
    }
  }
}

describe.skipIf(needsRoot !== '')(asRoot('a cluster'), () => {
  skipEach(newer.isMissing ? newer.name : '');

  it('goes over to a newer etcd one member after the other, while others write', { timeout: 300_000 }, async () => {
    const cluster = await new MemberCluster().open();
    try {
      await cluster.start(...names);
      await cluster.voters(3);
      const versions = async (): Promise<readonly string[]> =>
        (await cluster.list()).map(({ report }) => `etcd ${report?.etcd_version}`);
      expect(await versions()).toEqual(names.map(() => present.name));
      const writing = new Writing(names.map((name) => cluster.get(name)));
      for (const name of names) {
        await writing.more();
        const { daemon } = cluster.get(name);
        const config = join(daemon.directory, 'newer.yaml');
        writeFileSync(config, `raft: {etcd: ${newer.binary}}\n`);
        expect(await daemon.stop()).toBe(0);
        await writing.more();
        daemon.spawn('--config', config);
        await daemon.ready();
        await cluster.voters(3);
      }
      await writing.end();
      expect(await versions()).toEqual(names.map(() => newer.name));
      for (const name of names) {
        const kept = new Set(await recordsOf(cluster.get(name)));
        expect(writing.written.filter((record) => !kept.has(record))).toEqual([]);
      }
    } finally {
      await cluster.close();
    }
  });
});
