import { describe, expect, it } from 'vitest';
import type { KeptUsage } from '../../ipam/forecast/usage-record.ts';
import { IpamError } from '../../resources/errors.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { Cluster, events, type Node } from '../testing/cluster.ts';
import { pool } from '../testing/world.ts';
import type { KeptDisk } from './last-known-state.ts';

const minute = 60_000;

class Disk implements KeptDisk<KeptUsage> {
  kept: KeptUsage | undefined;

  load(): KeptUsage | undefined {
    return this.kept;
  }

  async save(usage: KeptUsage): Promise<void> {
    this.kept = structuredClone(usage);
  }
}

async function forecasting(options: Partial<DaemonOptions> = {}) {
  const c = new Cluster();
  const disk = new Disk();
  let elapsed = 0;
  const own = { usage: disk, elapsed: () => elapsed, boot: 'boot-1', ...options };
  const one = await c.node('node1', own);
  await one.daemon.resources.apply(pool('lab', { subnet: '10.9.0.0/24', ips: ['10.9.0.10-10.9.0.209'] }));
  await events();
  let pods = 0;
  /** So many minutes, with an address more in each. */
  const run = async (node: Node, minutes: number): Promise<void> => {
    for (let at = 0; at < minutes; at += 1) {
      pods += 1;
      await node.add(`job-${pods}`, `c${pods}`, ['lab']);
      c.clock.advance(minute);
      elapsed += minute;
      await node.daemon.maintenance.round();
    }
  };
  const hourOf = (node: Node, kind: 'pool' | 'node' = 'pool') => {
    const [forecast] = node.daemon.administration.forecast({ kind, name: kind === 'pool' ? 'lab' : 'node1' });
    return forecast?.outlooks.find(({ window }) => window === 'hour')?.outlook;
  };
  return { c, one, own, disk, run, hourOf };
}

const oneAMinute = { low: expect.closeTo(60, 6), high: expect.closeTo(60, 6) };

describe('when things run out, as a daemon knows', () => {
  it('is known of its pools and its node after half an hour of minutes, and explained with the pool', async () => {
    const { one, run, hourOf } = await forecasting();
    await run(one, 20);
    expect(hourOf(one)).toMatchObject({ kind: 'unknown', needsMs: 10 * minute });
    await run(one, 11);
    // 31 of 200 are out, one more each minute.
    expect(hourOf(one)).toMatchObject({ kind: 'known', pace: oneAMinute, earliestMs: expect.closeTo(169 * minute, 0) });
    expect(hourOf(one, 'node')).toMatchObject({ kind: 'known', pace: oneAMinute });
    const { pool: explained } = (await one.daemon.administration.cluster.explain({ kind: 'pool', name: 'lab' })).value;
    expect(explained?.message).toContain('; it runs out at the pace of the last hour in 2h 49m');
  });

  it('is known on after a restart, also when the clock was put meanwhile', async () => {
    const { c, one, own, disk, run, hourOf } = await forecasting();
    await run(one, 31);
    await one.daemon.stop();
    expect(disk.kept?.subjects.map(({ name }) => name)).toContain('lab');
    c.clock.advance(600 * minute);
    const again = await c.node('node1', own);
    await run(again, 1);
    expect(hourOf(again)).toMatchObject({ kind: 'known', pace: oneAMinute });
  });

  it('is known of other nodes by what their daemons say, and those that do not answer are named', async () => {
    const { one, run } = await forecasting({
      peers: {
        nodes: async () => ['node2', 'node3'],
        forecast: async (node: string) => {
          if (node === 'node3') throw new IpamError('store-unavailable', 'no answer');
          return [{ kind: 'node', name: node, family: 4, taken: 1, total: 2, at: 0, outlooks: [] }] as const;
        },
      } as unknown as NonNullable<DaemonOptions['peers']>,
    });
    await run(one, 1);
    const { cluster } = one.daemon.administration;
    const { value, unanswered } = await cluster.forecast();
    expect(value.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['pool lab', 'subnet 10.9.0.0/24', 'node node1', 'node node2']),
    );
    expect(unanswered.map(({ node }) => node)).toEqual(['node3']);
    expect((await cluster.forecast({ kind: 'node', name: 'node2' })).value.map(({ name }) => name)).toEqual(['node2']);
    expect((await cluster.forecast({ kind: 'pool', name: 'lab' })).unanswered).toEqual([]);
  });
});
