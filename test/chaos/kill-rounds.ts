import { setTimeout as pause } from 'node:timers/promises';
import { openClient } from '../../src/cli/client.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { Random } from '../kit/random.ts';

export interface KillRoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Calls in flight at a time. */
  readonly parallel?: number;
  readonly onRound?: (round: number, totals: KillRoundsReport) => void;
}

export interface KillRoundsReport {
  readonly adds: number;
  readonly dels: number;
  /** Calls whose answer was lost to the kill: either outcome is right, until the state is read. */
  readonly unknown: number;
  readonly kills: number;
  readonly problems: readonly string[];
}

const containers = 120;
/** What an ADD is told whose interface is there and has its addresses. */
const duplicate = 103;
const callsPerRound = 40;
const longestDelayMs = 120;

/** Half of the containers have an interface from the beginning, as those that bridge or macvlan wires: `lo`, in any namespace. */
const wired = { netns: '/proc/self/ns/net', ifname: 'lo' };
const unwired = { netns: '/var/run/netns/k', ifname: 'eth0' };

/**
 * Kills a real daemon with SIGKILL at random moments under parallel ADD and DEL by real executables, starts it
 * again, and compares what it holds with every answer a runtime has seen. A /24 in /26 blocks and a shared /26 are small
 * enough that they fill up, and addresses come round.
 */
export async function killRounds({
  rounds,
  seed,
  parallel = 16,
  onRound,
}: KillRoundsOptions): Promise<KillRoundsReport> {
  const random = new Random(seed);
  const daemon = new DaemonProcess({
    clusterCidr: '10.244.0.0/24',
    args: ['--block-size', '26'],
  });
  /** What the runtime has been told: addresses held, or nothing. Absent: nobody knows. */
  const told = new Map<string, string>();
  /** What was asked in this round and not answered: the daemon that runs now may still be at it. */
  const unanswered = new Map<string, string>();
  const totals = { adds: 0, dels: 0, unknown: 0, kills: 0, problems: [] as string[] };
  const shared = [[{ subnet: '10.77.0.0/26' }]];
  const network = (name: string, ipam: object) => ({
    cniVersion: '1.0.0',
    name,
    type: 'ptp',
    ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket, ...ipam },
  });
  const networks = [network('blocks', {}), network('shared', { ranges: shared })] as const;

  async function call(index: number, patient: boolean): Promise<void> {
    const config = networks[index % 2] ?? networks[0];
    const place = index % 4 < 2 ? wired : unwired;
    const containerId = `k${index}`;
    const holds = told.get(containerId);
    const command =
      holds === undefined ? random.pick(['ADD', 'DEL']) : holds === '' ? 'ADD' : random.pick(['DEL', 'ADD']);
    told.delete(containerId);
    const env = { BERTH_CNI_TIMEOUT_MS: patient ? '15000' : '30' };
    const { exit, json } = await cni('ipam-plugin', config, { command, containerId, ...place, env });
    if (json.code === 11) {
      totals.unknown += 1;
      unanswered.set(containerId, command);
      return;
    }
    if (command === 'DEL') {
      totals.dels += 1;
      if (exit === 0) told.set(containerId, '');
      else totals.problems.push(`DEL ${containerId}: ${json.msg}`);
      return;
    }
    totals.adds += 1;
    if (json.code === duplicate && place === wired && holds !== '') {
      // The runtime's own repetition: refused, and nothing has changed.
      if (holds !== undefined) told.set(containerId, holds);
      return;
    }
    if (exit === 0 && place === wired && holds)
      totals.problems.push(`ADD ${containerId} held ${holds}, and was answered`);
    const addresses = (json.ips ?? []).map(({ address }) => address).join(',');
    if (exit === 0 && holds !== undefined && holds !== '' && holds !== addresses) {
      totals.problems.push(`ADD ${containerId} held ${holds} and was given ${addresses}`);
    }
    if (exit === 0) told.set(containerId, addresses);
    else if (json.code === 100) told.set(containerId, '');
    else totals.problems.push(`ADD ${containerId}: ${json.code} ${json.msg}`);
  }

  async function compare(round: number): Promise<void> {
    const client = openClient(daemon.socket, 60_000);
    try {
      const { allocations } = await client.call('ListAllocations', { limit: 10_000, local: true });
      const held = new Map(
        allocations.map((one) => [one.container_id, one.addresses.map(({ cidr }) => cidr).join(',')]),
      );
      const addresses = allocations.flatMap((one) => one.addresses.map(({ ip }) => ip));
      if (new Set(addresses).size !== addresses.length)
        totals.problems.push(`round ${round}: an address is held twice`);
      for (const [containerId, expected] of told) {
        const is = held.get(containerId) ?? '';
        if (is !== expected)
          totals.problems.push(`round ${round}: ${containerId} was told "${expected}" and holds "${is}"`);
      }
      // What nobody knew is known now, unless the daemon may yet do what nobody waits for: the next kill ends that.
      for (let index = 0; index < containers; index += 1) {
        const containerId = `k${index}`;
        const is = held.get(containerId) ?? '';
        const command = unanswered.get(containerId);
        if (command === undefined || (command === 'ADD') === (is !== '')) told.set(containerId, is);
      }
      unanswered.clear();
      const { violations } = await client.call('Check', { local: true });
      for (const { subject, message } of violations)
        totals.problems.push(`round ${round}: check: ${subject} ${message}`);
    } finally {
      client.close();
    }
  }

  try {
    await daemon.start();
    for (let round = 1; round <= rounds && totals.problems.length === 0; round += 1) {
      const indexes = Array.from({ length: containers }, (_, index) => index);
      const patient = random.below(2) === 0;
      const queue = Array.from(
        { length: callsPerRound },
        () => indexes.splice(random.below(indexes.length), 1)[0] ?? 0,
      );
      const workers = Array.from({ length: parallel }, async () => {
        for (let index = queue.pop(); index !== undefined; index = queue.pop()) await call(index, patient);
      });
      await pause(random.below(longestDelayMs));
      await daemon.crash();
      totals.kills += 1;
      await daemon.start();
      await Promise.all(workers);
      await compare(round);
      onRound?.(round, totals);
    }
    if (totals.problems.length > 0) totals.problems.push(`the daemon's log:\n${daemon.log.slice(-4000)}`);
    return totals;
  } finally {
    await daemon.remove();
  }
}
