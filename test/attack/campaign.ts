import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CniDriver } from '../../bench/cni-driver.ts';
import { bin, root } from '../kit/paths.ts';
import { waitFor } from '../kit/wait.ts';
import type { AttackerOptions } from './attacker.ts';
import { Field } from './field.ts';
import { forgetPeak, peakMiB } from './memory-group.ts';
import { controllerTarget, daemonTarget, memberTarget, needsForController, type Target } from './targets.ts';

type Kind = AttackerOptions['kind'];

interface Attack {
  readonly attack: string;
  readonly kind: Kind;
  readonly port: 'http' | 'grpc' | 'webhook' | 'raft';
  readonly isTls?: boolean;
  /** Shows a node's certificate. */
  readonly hasCard?: boolean;
}

const onHttp: readonly Attack[] = [
  { attack: 'flood of GET /metrics', kind: 'flood', port: 'http' },
  { attack: 'answers that nobody reads', kind: 'unread', port: 'http' },
  { attack: 'idle connections, all descriptors', kind: 'idle', port: 'http' },
];

/** The last one: who did it is not let in again for half a minute, whatever he does then. */
const pipelining: Attack = { attack: '20,000 requests on a connection, unread', kind: 'pipelining', port: 'http' };

export const attacks: Readonly<Record<'daemon' | 'member' | 'controller', readonly Attack[]>> = {
  daemon: [
    ...onHttp,
    { attack: 'idle connections on gRPC', kind: 'idle', port: 'grpc' },
    { attack: 'Check without end', kind: 'check', port: 'grpc' },
    { attack: 'lists without end', kind: 'lists', port: 'grpc' },
    { attack: 'lists that nobody reads', kind: 'unread-lists', port: 'grpc' },
    pipelining,
  ],
  member: [
    ...onHttp,
    { attack: 'halves of TLS handshakes', kind: 'half-tls', port: 'grpc' },
    { attack: 'TLS that goes no further', kind: 'idle', port: 'grpc', isTls: true },
    { attack: 'claims of 3 MB by a node', kind: 'fat-claims', port: 'grpc', isTls: true, hasCard: true },
    pipelining,
  ],
  controller: [
    ...onHttp,
    { attack: 'ghost reviews', kind: 'reviews', port: 'webhook', isTls: true },
    { attack: 'reviews with kinds of 3 MB', kind: 'fat-reviews', port: 'webhook', isTls: true },
    { attack: 'TLS that goes no further', kind: 'idle', port: 'webhook', isTls: true },
    { attack: '20,000 reviews on a connection, unread', kind: 'pipelining', port: 'webhook', isTls: true },
    pipelining,
  ],
};

export interface CampaignOptions {
  readonly targets: readonly (keyof typeof attacks)[];
  /** ADDs under attack; each is followed by its DEL. */
  readonly adds: number;
  /** ADDs before each attack. */
  readonly restAdds: number;
  /** Allocations that a daemon has before. */
  readonly held: number;
  /** How long an attack goes on at least, from its first connection, before anything is measured, milliseconds. */
  readonly leadMs: number;
  readonly onRow: (row: AttackRow) => void;
}

export interface AttackRow {
  readonly target: string;
  readonly attack: string;
  readonly peakMiB: number;
  readonly limitMiB: number;
  readonly isEnforced: boolean;
  /** Median, milliseconds. */
  readonly atRest: number;
  readonly underAttack: number;
  readonly failedAdds: number;
  /** How the process ended; undefined: it runs on, as it should. */
  readonly end: unknown;
}

/** Why targets are left out; empty when none is. */
export function leftOut(target: keyof typeof attacks): string {
  return target === 'controller' ? needsForController : '';
}

/** Attacks each target in each of its ways, and measures ADDs at rest and meanwhile. */
export async function campaign(options: CampaignOptions): Promise<readonly AttackRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-attack-'));
  const field = await new Field().open();
  const rows: AttackRow[] = [];
  try {
    const driver = await CniDriver.compile(directory);
    for (const name of options.targets) {
      if (leftOut(name) !== '') continue;
      const target = await { daemon: daemonTarget, member: memberTarget, controller: controllerTarget }[name](
        field.target,
      );
      try {
        await fill(driver, target, options.held);
        for (const attack of attacks[name]) {
          const row = await measure({ name, attack, target, driver, field, options });
          rows.push(row);
          options.onRow(row);
          if (row.end !== undefined) break;
        }
      } finally {
        await target.remove();
      }
    }
  } finally {
    await field.close();
    rmSync(directory, { recursive: true });
  }
  return rows;
}

interface Scene {
  readonly name: string;
  readonly attack: Attack;
  readonly target: Target;
  readonly driver: CniDriver;
  readonly field: Field;
  readonly options: CampaignOptions;
}

async function measure({ name, attack, target, driver, field, options }: Scene): Promise<AttackRow> {
  const rest = await adds(driver, target, options.restAdds, 'rest');
  forgetPeak(target.pid);
  const attacker = begin(attack, target, field);
  let started: number | undefined;
  attacker.stdout?.once('data', () => {
    started = performance.now();
  });
  try {
    await waitFor('the attack to have begun', () =>
      started !== undefined && performance.now() - started > options.leadMs ? true : undefined,
    );
    const under = await adds(driver, target, options.adds, 'attacked');
    const end = target.end();
    return {
      ...{ target: name, attack: attack.attack, limitMiB: target.limitMiB, isEnforced: target.isEnforced },
      peakMiB: end === undefined ? peakMiB(target.pid) : target.limitMiB,
      atRest: rest.median,
      underAttack: under.median,
      failedAdds: rest.failed + under.failed,
      end,
    };
  } finally {
    await finish(attacker);
  }
}

function begin({ kind, port, isTls, hasCard }: Attack, target: Target, field: Field): ChildProcess {
  const options: AttackerOptions = {
    ...{ kind, host: field.target, port: target.ports[port] ?? 0, sources: field.sources },
    ...(isTls ? { isTls } : {}),
    ...(hasCard && target.card ? { card: target.card } : {}),
  };
  const script = join(root, 'test/attack/attacker.ts');
  const args = ['netns', 'exec', field.namespace.name, process.execPath, script, JSON.stringify(options)];
  return spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function finish(attacker: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => attacker.once('exit', resolve));
  if (attacker.exitCode !== null) throw new Error(`the attacker ended by itself with ${attacker.exitCode}`);
  attacker.kill('SIGKILL');
  await ended;
}

const network = (socket: string) => ({
  ...{ cniVersion: '1.0.0', name: 'attack', type: 'ptp' },
  ipam: { type: 'ipam-plugin', daemonSocket: socket },
});

async function fill(driver: CniDriver, { daemon }: Target, calls: number): Promise<void> {
  const load = { plugin: join(bin, 'ipam-plugin'), network: network(daemon.socket), prefix: 'held' };
  await driver.run({ ...load, workers: 8, calls, verb: 'ADD' });
}

async function adds(driver: CniDriver, { daemon }: Target, calls: number, prefix: string) {
  if (calls === 0) return { median: 0, failed: 0 };
  const load = { plugin: join(bin, 'ipam-plugin'), network: network(daemon.socket), prefix };
  const executions = (await driver.run({ ...load, workers: 1, calls })).filter(({ verb }) => verb === 'ADD');
  const times = executions.map(({ taken }) => taken).sort((a, b) => a - b);
  return {
    median: times[Math.floor(times.length / 2)] ?? 0,
    failed: executions.filter(({ exit }) => exit !== 0).length,
  };
}
