import { Registry } from '@prometheus-io/client';
import { describe, expect, it } from 'vitest';
import type { Fabric, NodeAddresses } from '../../bgp/fabric.ts';
import { defaultSessionSettings } from '../../bgp/speaker.ts';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import type { AllocationEvent } from '../../ipam/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { EventFeed } from '../../platform/event-feed.ts';
import { IpamError } from '../../resources/errors.ts';
import { type Log, silentLog } from '../../telemetry/log.ts';
import { BirdKeeper } from './bird-keeper.ts';
import { addRoutingMetrics } from './metrics.ts';
import { BesideBird } from './testing/bird-beside.ts';

const fabric: Fabric = {
  within: [parsePrefix('10.244.0.0/16')],
  tors: [
    { id: 'tor-1', uplinks: [{ name: 'leaf-1', address: parseAddress('192.168.1.1'), asn: 65_001 }], subnets: [] },
  ],
  leaves: [],
  spines: [],
  nodes: [{ name: 'n1', tor: 'tor-1', asn: 4_200_000_001, addresses: [parseAddress('192.168.1.10')] }],
  firstNodeAsn: 4_200_000_001,
  isHostsOnly: false,
  isAggregatedAtLeaf: false,
  isBfdOn: true,
  settings: defaultSessionSettings,
};

/** Time that passes when it is told to: pauses end in their order. */
class SteppedClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake);
    });
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (next === undefined || next.until > end) break;
      this.#now = next.until;
      this.#sleepers.delete(next);
      next.wake();
      await settled();
    }
    this.#now = end;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A keeper that runs, with what it is told. */
function keeping() {
  const clock = new SteppedClock();
  const beside = new BesideBird();
  const said: string[] = [];
  const say = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, warn: say, info: say };
  const has = { blocks: [] as NodeAddresses['blocks'], known: fabric as Fabric | IpamError };
  const stop = new AbortController();
  const keeper = new BirdKeeper({
    ...{ node: 'n1', clock, log, pace: undefined, file: beside, bird: beside },
    events: new EventFeed<AllocationEvent>(),
    ledger: { all: () => [][Symbol.iterator]() as never },
    blocks: { holders: () => [has.blocks.map((prefix) => ({ prefix, resource: { spec: { node: 'n1' } } }) as never)] },
    network: {
      get fabric(): Fabric {
        if (has.known instanceof IpamError) throw has.known;
        return has.known;
      },
      follow: async () => {},
      look: () => {},
    },
  });
  const ended = keeper.run(stop.signal);
  /** @returns what was done because of it */
  async function changeTo(...blocks: readonly string[]): Promise<readonly string[]> {
    has.blocks = blocks.map(parsePrefix);
    keeper.changed();
    return passing(100);
  }
  async function passing(ms: number): Promise<readonly string[]> {
    beside.done.length = 0;
    await clock.advance(ms);
    return [...beside.done];
  }
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { keeper, beside, said, has, changeTo, passing, end };
}

describe('what keeps the file of BIRD', () => {
  it('writes what changes within a tenth of a second once, and has BIRD read it', async () => {
    const { keeper, beside, has, passing, end } = keeping();
    for (let third = 0; third < 50; third += 1) {
      has.blocks = [...has.blocks, parsePrefix(`10.244.${third}.0/24`)];
      keeper.changed();
    }
    expect(await passing(100)).toEqual(['write', 'taken']);
    expect(beside.text?.match(/route 10\.244\.\d+\.0\/24 unreachable/g)).toHaveLength(50);
    expect([keeper.isCurrent, keeper.announced]).toEqual([true, { blocks: 50, hosts: 0 }]);
    await end();
    expect(beside.text).toContain('10.244.49.0/24');
  });

  it('does nothing when what is to be announced is what was', async () => {
    const { changeTo, passing, end } = keeping();
    expect(await changeTo('10.244.1.0/24')).toEqual(['write', 'taken']);
    expect(await changeTo('10.244.1.0/24')).toEqual([]);
    expect(await passing(60_000)).toEqual([]);
    await end();
  });

  it('tries again and again, later each time, while BIRD is away, and says so once', async () => {
    const { keeper, beside, said, changeTo, passing, end } = keeping();
    beside.isAway = true;
    expect(await changeTo('10.244.1.0/24')).toEqual(['write', 'failed']);
    expect([await passing(1_000), await passing(1_000), await passing(1_000)]).toEqual([['failed'], [], ['failed']]);
    expect((await passing(600_000)).length).toBeLessThan(25);
    expect([keeper.isCurrent, keeper.trouble]).toEqual([false, 'BIRD does not answer']);
    beside.isAway = false;
    expect(await passing(30_000)).toEqual(['taken']);
    expect([keeper.isCurrent, keeper.trouble]).toEqual([true, '']);
    expect(said).toEqual([
      'the routes of this node are not announced as they should be {"reason":"BIRD does not answer"}',
      'the routes of this node are announced as they should be {"blocks":1,"hosts":0}',
    ]);
    await end();
  });

  it('notices that BIRD has gone, and has it read the file when it is back', async () => {
    const { keeper, beside, changeTo, passing, end } = keeping();
    await changeTo('10.244.1.0/24');
    beside.isAway = true;
    await passing(10_000);
    expect(keeper.trouble).toBe('BIRD does not answer');
    beside.isAway = false;
    expect(await passing(30_000)).toEqual(['taken']);
    await end();
  });

  it('puts its text back when somebody else wrote the file or took it away', async () => {
    const { beside, changeTo, passing, end } = keeping();
    await changeTo('10.244.1.0/24');
    const own = beside.text;
    for (const other of ['of a package', undefined]) {
      beside.text = other;
      expect(await passing(10_000)).toEqual(['write', 'taken']);
      expect(beside.text).toBe(own);
    }
    await end();
  });

  it('tells what BIRD refuses, leaves it what it goes by, and goes on with the next that it takes', async () => {
    const { keeper, beside, said, changeTo, passing, end } = keeping();
    await changeTo('10.244.1.0/24');
    const before = beside.text;
    beside.refuses = '10.244.2.0/24';
    expect(await changeTo('10.244.1.0/24', '10.244.2.0/24')).toEqual(['write', 'refused', 'write']);
    expect([beside.text, beside.taken, keeper.isCurrent, keeper.announced.blocks]).toEqual([before, before, false, 1]);
    const trouble = 'BIRD refuses its new configuration and goes on with the one before: bird.conf:4:34 syntax error';
    expect(keeper.trouble).toBe(trouble);
    expect(await passing(500_000)).toEqual([]);
    expect(await passing(200_000)).toEqual(['write', 'refused', 'write']);
    expect(await changeTo('10.244.3.0/24')).toEqual(['write', 'taken']);
    expect([keeper.trouble, said.filter((line) => line.includes('refuses')).length]).toEqual(['', 1]);
    await end();
  });

  it('leaves the file alone while nobody knows what is to be announced, and says why', async () => {
    const { keeper, beside, said, has, changeTo, end } = keeping();
    await changeTo('10.244.1.0/24');
    const before = beside.text;
    has.known = new IpamError('not-found', 'the network has no topology', { advice: 'apply one' });
    expect(await changeTo('10.244.2.0/24')).toEqual([]);
    expect([beside.text, keeper.isCurrent, keeper.trouble]).toEqual([
      before,
      false,
      'the network has no topology (apply one)',
    ]);
    expect(said.at(-1)).toContain('the network has no topology (apply one)');
    await end();
  });

  it('is measured: whether BIRD goes by it, what it was told, and how often', async () => {
    const { keeper, beside, changeTo, end } = keeping();
    const registry = new Registry();
    addRoutingMetrics(registry, keeper);
    await changeTo('10.244.1.0/24');
    beside.isAway = true;
    await changeTo('10.244.1.0/24', '10.244.2.0/24');
    const text = await registry.metrics();
    for (const line of [
      'ipam_bgp_current 0',
      'ipam_bgp_routes{kind="block"} 1',
      'ipam_bgp_reloads_total{outcome="taken"} 1',
      'ipam_bgp_reloads_total{outcome="failed"} 1',
    ])
      expect(text).toContain(line);
    await end();
  });
});
