import { join } from 'node:path';
import { must } from '../kit/run.ts';
import { BackgroundProcess } from './background-process.ts';
import type { Ground } from './ground.ts';
import { Network } from './network.ts';

const everyMs = 500;
/** Its place on the switch. */
const place = 250;

export interface Heard {
  readonly rounds: number;
  readonly answers: number;
  /** Addresses that two interfaces answered for when they were asked once, with the round and who answered. */
  readonly twice: readonly string[];
}

/** Asks from a namespace of its own on the switch who has each address of a range, twice a second, by ARP. */
export class ArpListener {
  readonly #ground: Ground;
  readonly #range: readonly [first: number, last: number];
  #process: BackgroundProcess | undefined;

  /** @param range last parts of the first and the last address, of the cluster's own network */
  constructor(ground: Ground, range: readonly [first: number, last: number]) {
    this.#ground = ground;
    this.#range = range;
  }

  async start(): Promise<void> {
    const ground = this.#ground;
    const program = join(ground.path, 'arp-listener');
    const source = new URL('arp-listener.c', import.meta.url).pathname;
    await must('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
    const netns = await new Network(ground).connect('listener', place);
    const [net] = ground.address(0).split(/\.\d+$/);
    const args = ['eth0', net ?? '', ...this.#range.map(String), String(everyMs)];
    const process = new BackgroundProcess(ground, {
      name: 'arp-listener',
      command: ['nsenter', `--net=/run/netns/${netns}`, program, ...args],
      isReady: async () => process.log.includes('round 1\n'),
    });
    this.#process = process;
    await process.start();
  }

  async stop(): Promise<Heard> {
    const process = this.#process;
    if (process === undefined) throw new Error('the listener was not started');
    // It listens to the end, or what it says is worth nothing.
    if (!process.isRunning) throw new Error(`the listener ended: ${process.log.slice(-500)}`);
    await process.stop();
    return heardIn(process.log);
  }

  /** Up to now. */
  heard(): Heard {
    return heardIn(this.#process?.log ?? '');
  }
}

/** What lines of the listener say. */
export function heardIn(text: string): Heard {
  const macs = new Map<string, Set<string>>();
  const lines = text.split('\n');
  let answers = 0;
  for (const line of lines) {
    const [, round, address, mac] = /^(\d+) (\S+) (\S+)$/.exec(line) ?? [];
    if (round === undefined || address === undefined || mac === undefined) continue;
    answers += 1;
    const key = `${address} in round ${round}`;
    macs.set(key, (macs.get(key) ?? new Set()).add(mac));
  }
  const twice = [...macs].flatMap(([key, those]) => (those.size > 1 ? [`${key}: ${[...those].join(', ')}`] : []));
  return { rounds: lines.filter((line) => line.startsWith('round ')).length, answers, twice };
}
