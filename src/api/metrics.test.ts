import { describe, expect, it } from 'vitest';
import { Daemon } from '../daemon/daemon.ts';
import { MemoryJournal } from '../daemon/journal/memory-journal.ts';
import { cooldownMs, pool, request, TestClock } from '../daemon/testing/world.ts';
import { newBlock } from '../resources/block.ts';
import { newClaim } from '../resources/claim.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { silentLog } from '../telemetry/log.ts';
import { Metrics } from './metrics.ts';

const others = 1_000;

/** A store in which each of a thousand nodes has two blocks and ten claims, and the daemon of one more. */
async function largeCluster(isShared = true): Promise<Daemon> {
  const clock = new TestClock();
  let uids = 0;
  const store = new MemoryStore({ now: () => clock.now(), newUid: () => `u-${++uids}` });
  await store.create(pool('blocks', { subnet: '10.0.0.0/8', blockSize: 24, default: true }));
  await store.create(pool('blocks-v6', { subnet: 'fd00::/40', blockSize: 64, default: true }));
  await store.create(pool('office', { subnet: '172.16.0.0/16', gateway: '172.16.0.1' }));
  for (let n = 0; n < others; n += 1) {
    const owner = { node: `n${n}`, daemon: `n${n}` };
    await store.create(newBlock({ ...owner, pool: 'blocks', cidr: `10.${n >> 8}.${n & 255}.0/24` }));
    await store.create(newBlock({ ...owner, pool: 'blocks-v6', cidr: `fd00:0:0:${(n + 1).toString(16)}::/64` }));
    for (let c = 0; c < 10; c += 1) {
      const place = n * 10 + c + 256;
      const held = { address: `172.16.${place >> 8}.${place & 255}`, pool: 'office' };
      await store.create(newClaim({ ...owner, ...held, network: 'net', containerId: `${n}-${c}`, ifname: 'eth0' }));
    }
  }
  const daemon = new Daemon({
    node: 'own',
    store,
    journal: new MemoryJournal(),
    clock,
    log: silentLog,
    cooldownMs,
    preleaseThreshold: 0.2,
    maintenanceIntervalMs: 1_000,
    isShared,
    clusterCidrs: [],
    blockSizes: { 4: 24, 6: 64 },
  });
  await daemon.start();
  for (let n = 0; n < 30; n += 1) await daemon.ipam.allocate(request(`c${n}`));
  for (let n = 0; n < 5; n += 1) {
    await daemon.ipam.allocate(request(`s${n}`, { source: { kind: 'named', pools: ['office'] } }));
  }
  return daemon;
}

/** All that the daemon of a Kubernetes cluster asks its API server for, and every way in which calls commonly end. */
function useEverything(metrics: Metrics): void {
  const seconds = 0.01;
  const requests: Readonly<Record<string, readonly string[]>> = {
    list: ['spiderippools', 'spiderreservedips', 'ipblocks', 'ipclaims', 'pods', 'namespaces', 'nodes'],
    watch: ['spiderippools', 'spiderreservedips', 'ipblocks', 'ipclaims', 'pods', 'namespaces', 'nodes'],
    get: ['pods', 'namespaces', 'spiderippools', 'ipclaims', 'statefulsets', 'network-attachment-definitions'],
    create: ['ipclaims', 'ipblocks', 'events', 'spiderippools', 'spiderreservedips'],
    delete: ['ipclaims', 'ipblocks', 'spiderippools', 'spiderreservedips'],
    update: ['ipclaims', 'spiderippools'],
  };
  for (const [verb, resources] of Object.entries(requests)) {
    metrics.apiDuration.observe({ verb }, seconds);
    for (const resource of resources) metrics.apiRequests.inc({ verb, resource, code: '200' });
    for (const code of ['404', '409', '429', '500']) {
      metrics.apiRequests.inc({ verb, resource: resources[0] ?? '', code });
    }
  }
  for (const operation of ['get', 'list', 'create', 'update', 'delete']) {
    metrics.storeDuration.observe({ operation }, seconds);
    for (const status of ['success', 'error']) metrics.storeOperations.inc({ operation, status });
  }
  for (const verb of ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION']) {
    for (const outcome of ['success', 'error']) metrics.cniAnswered(verb, outcome, seconds);
  }
  for (const code of ['pool-exhausted', 'not-found', 'store-unavailable', 'not-ready', 'address-taken']) {
    metrics.allocationErrors.inc({ code });
  }
  for (const reason of ['rate', 'connections', 'permission-denied']) metrics.callsRefused.inc({ reason });
  metrics.subnetAllocations.inc({ subnet_cidr: '10.0.0.0/8' });
}

function scrapeOf(daemon: Daemon, speaks: boolean): Promise<string> {
  const metrics = new Metrics('1.2.3');
  useEverything(metrics);
  return metrics
    .scrape({
      own: () => daemon.figures.own(),
      pools: async () => (speaks ? daemon.figures.pools() : undefined),
      attachments: () => daemon.ipam.ledger.size,
      malformed: () => daemon.malformed.counts(),
      certificateExpires: () => 1_900_000_000_000,
    })
    .then(({ body }) => body);
}

const seriesOf = (text: string): readonly string[] => text.split('\n').filter((line) => /^[a-z]/.test(line));
const value = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
};

describe('a scrape of one daemon beside a thousand others', async () => {
  const daemon = await largeCluster();
  const [text, ofSpeaker] = await Promise.all([scrapeOf(daemon, false), scrapeOf(daemon, true)]);

  it('has fewer than 300 series, also where it speaks for the pools', () => {
    expect([seriesOf(text).length < 300, seriesOf(ofSpeaker).length < 300]).toEqual([true, true]);
  });

  it('shows what this daemon has, and no other node', () => {
    const nodes = new Set([...text.matchAll(/node="([^"]*)"/g)].map(([, node]) => node));
    expect([...nodes]).toEqual(['own']);
    expect(value(text, 'ipam_used_ips{node="own",pool="blocks",family="4"}')).toBe(30);
    expect(value(text, 'ipam_total_ips{node="own",pool="blocks",family="4"}')).toBe(253);
    expect(value(text, 'ipam_available_ips{node="own",pool="blocks",family="4"}')).toBe(223);
    expect(value(text, 'ipam_blocks_per_node{node="own",family="6"}')).toBe(1);
    expect(text.match(/^ipam_block_usage_ratio\{/gm)).toHaveLength(2);
  });

  it('says of a shared pool what this node took, and not what is left: others take it too', () => {
    expect(value(text, 'ipam_used_ips{node="own",pool="office",family="4"}')).toBe(5);
    expect(text).not.toMatch(/^ipam_(total|available)_ips\{.*pool="office"/m);
  });

  it('shows pools only where it speaks for them: all nodes together, families apart', () => {
    expect(text).not.toMatch(/^ipam_(pool_ips|subnet_usage_ratio)\{/m);
    const states = (name: string, family: number) =>
      Object.fromEntries(
        ['used', 'parked', 'leased', 'free'].map((state) => [
          state,
          value(ofSpeaker, `ipam_pool_ips{pool="${name}",family="${family}",state="${state}"}`),
        ]),
      );
    const [blocks, all] = [1_001 * 253, 65_536 * 253];
    expect(states('blocks', 4)).toEqual({ used: 0, parked: 0, leased: blocks, free: all - blocks });
    expect(states('blocks-v6', 6)).toMatchObject({ used: 0, leased: expect.closeTo(1_001 * 2 ** 64, -10) });
    expect(states('office', 4)).toEqual({ used: 10_005, parked: 0, leased: 0, free: 65_533 - 10_005 });
    expect(value(ofSpeaker, 'ipam_subnet_usage_ratio{subnet_cidr="172.16.0.0/16",tor_id=""}')).toBe(10_005 / 65_533);
  });

  it('says when the certificate expires, and nothing where there is none', async () => {
    const without = await new Metrics('1.2.3').scrape({
      own: async () => ({ nodes: [], outside: [], blocks: [] }),
      pools: async () => undefined,
      attachments: () => 0,
      certificateExpires: () => undefined,
    });
    expect(value(text, 'ipam_certificate_expiry_timestamp_seconds')).toBe(1_900_000_000);
    expect(value(without.body, 'ipam_certificate_expiry_timestamp_seconds')).toBeUndefined();
    expect(value(text, `ipam_build_info{version="1.2.3",nodejs="${process.version}"}`)).toBe(1);
  });
});

describe('the only daemon there is', () => {
  it('counts what is used of a leased block, and what is left of it as free', async () => {
    const daemon = await largeCluster(false);
    const text = await scrapeOf(daemon, true);
    expect(value(text, 'ipam_pool_ips{pool="blocks",family="4",state="used"}')).toBe(30);
    expect(value(text, 'ipam_pool_ips{pool="blocks",family="4",state="leased"}')).toBe(0);
    // With two nodes on this daemon each of them would promise the same addresses.
    expect(value(text, 'ipam_available_ips{node="own",pool="office",family="4"}')).toBeUndefined();
  });
});
