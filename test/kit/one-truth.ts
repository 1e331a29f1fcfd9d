import { expect } from 'vitest';
import type { Finished } from './run.ts';
import { waitFor } from './wait.ts';

/** A daemon that is asked. */
export interface AskedDaemon {
  readonly name: string;
  readonly cli: (...args: string[]) => Promise<Finished>;
}

export interface Truth {
  /** Who has which address of a leased block: by node, the address of container `on-NODE`. */
  readonly inBlocks: ReadonlyMap<string, string>;
  /** The same of a shared pool, of container `shared-NODE`. */
  readonly shared: ReadonlyMap<string, string>;
}

interface Data {
  readonly exit: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: what a command prints is looked at by what is expected of it
  readonly data: any;
  readonly stderr: string;
}

async function ask({ name, cli }: AskedDaemon, ...words: string[]): Promise<Data> {
  const { exit, stdout, stderr } = await cli(...words, '-o', 'json');
  try {
    return { exit, data: JSON.parse(stdout), stderr };
  } catch {
    throw new Error(`${words.join(' ')} at ${name}: ${exit} ${stdout} ${stderr}`);
  }
}

const listed = ({ data }: Data): readonly string[] =>
  (data as { addresses: { ip: string }[] }[]).flatMap(({ addresses }) => addresses.map(({ ip }) => ip)).sort();

/** Waits until one daemon has heard of all: from then on each finds every other. */
export async function untilHeard(daemon: AskedDaemon): Promise<void> {
  await waitFor(`${daemon.name} to hear of all others`, async () =>
    (await ask(daemon, 'check')).exit === 0 ? true : undefined,
  );
}

/** Every verb at a daemon, while all are there. */
export async function expectWhole(daemon: AskedDaemon, { inBlocks, shared }: Truth): Promise<void> {
  const nodes = [...inBlocks.keys()].sort();
  const stats = await ask(daemon, 'stats');
  expect(stats, daemon.name).toMatchObject({ exit: 0, data: { unanswered: [] }, stderr: '' });
  for (const node of nodes) expect(stats.data.node_stats[node].used_ips, `${node} at ${daemon.name}`).toBe(1);
  const blocks = await ask(daemon, 'blocks');
  expect(blocks.exit).toBe(0);
  expect(
    blocks.data.map(({ used }: { used: number }) => used),
    daemon.name,
  ).toEqual(nodes.map(() => 1));
  const pools = await ask(daemon, 'pools');
  expect(pools).toMatchObject({ exit: 0, stderr: '' });
  const used = Object.fromEntries(pools.data.map((pool: { name: string; used: number }) => [pool.name, pool.used]));
  expect(used, daemon.name).toEqual({ 'cluster-ipv4': inBlocks.size, office: shared.size });
  const addresses = await ask(daemon, 'addresses');
  expect(addresses.exit).toBe(0);
  expect(listed(addresses), daemon.name).toEqual([...inBlocks.values(), ...shared.values()].sort());
  for (const [node, ip] of [...inBlocks, ...[...shared].slice(-1)]) {
    const found = await ask(daemon, 'lookup', ip);
    expect(found, `${ip} at ${daemon.name}`).toMatchObject({ exit: 0, data: { address: { state: 'held', node } } });
    expect(found.data.allocations[0].node_id).toBe(node);
    expect(await ask(daemon, 'explain', ip), `${ip} at ${daemon.name}`).toMatchObject({
      exit: 0,
      data: { addresses: [{ ip, holder: { node_id: node }, since: expect.stringMatching(/Z$/) }], unanswered: [] },
    });
  }
  const [first = ''] = nodes;
  expect(listed(await ask(daemon, 'lookup', `on-${first}`))).toEqual([inBlocks.get(first)]);
  expect(await ask(daemon, 'check')).toMatchObject({ exit: 0, data: { nodes, violations: [], unanswered: [] } });
  expect(await ask(daemon, 'blocks', '--local')).toMatchObject({ exit: 0, data: [{ node_id: daemon.name }] });
}

/** Every verb at a daemon, while one of the others is away. */
export async function expectPartial(daemon: AskedDaemon, silent: string, { inBlocks, shared }: Truth): Promise<void> {
  const missing = [{ node_id: silent }];
  const stats = await ask(daemon, 'stats');
  expect(stats, daemon.name).toMatchObject({ exit: 6, data: { unanswered: missing } });
  expect(stats.data.node_stats[silent].used_ips).toBeNull();
  expect(stats.stderr).toContain(`node "${silent}" did not answer`);
  expect((await daemon.cli('stats')).stdout).toMatch(new RegExp(`^${silent} .* \\?`, 'm'));
  const blocks = await ask(daemon, 'blocks');
  expect(blocks.exit).toBe(6);
  const uses = blocks.data.map(({ node_id, used }: { node_id: string; used: number | null }) => [node_id, used]);
  expect(Object.fromEntries(uses)).toEqual(
    Object.fromEntries([...inBlocks.keys()].map((node) => [node, node === silent ? null : 1])),
  );
  expect((await ask(daemon, 'pools')).exit).toBe(6);
  const addresses = await ask(daemon, 'addresses');
  expect(addresses.exit).toBe(6);
  // Of a shared pool its claim tells.
  const known = [...inBlocks].filter(([node]) => node !== silent).map(([, ip]) => ip);
  expect(listed(addresses), daemon.name).toEqual([...known, ...shared.values()].sort());
  const own = inBlocks.get(silent) ?? '';
  expect(await ask(daemon, 'lookup', own)).toMatchObject({
    exit: 6,
    data: { address: { state: 'unknown', node: silent }, unanswered: missing },
  });
  expect(await ask(daemon, 'explain', own)).toMatchObject({
    exit: 6,
    data: { addresses: [{ state: { state: 'unknown' }, holder: null }], unanswered: missing },
  });
  for (const ip of [known[0] ?? '', shared.get(silent) ?? '']) {
    expect((await ask(daemon, 'lookup', ip)).exit, ip).toBe(0);
  }
  expect(await daemon.cli('lookup', `on-${silent}`)).toMatchObject({ exit: 6 });
  expect(await ask(daemon, 'check')).toMatchObject({ exit: 6, data: { unanswered: missing } });
  for (const verb of ['stats', 'check']) {
    expect(await daemon.cli(verb, '--local'), verb).toMatchObject({ exit: 0, stderr: '' });
  }
}

/** An address that another node holds, withheld and let go again. @param exit of both, 6 while that node is away */
export async function expectQuarantine(daemon: AskedDaemon, ip: string, node: string, exit: 0 | 6): Promise<void> {
  const holds = exit === 0 ? `on node "${node}" holds it` : '';
  const quarantined = await daemon.cli('quarantine', ip, '--reason', 'seen elsewhere');
  expect(quarantined, daemon.name).toMatchObject({ exit, stdout: expect.stringContaining(holds) });
  const lifted = await daemon.cli('lift', ip);
  expect(lifted, daemon.name).toMatchObject({ exit, stdout: expect.stringContaining(holds) });
}
