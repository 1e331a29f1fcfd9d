import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { ServerStore } from '../../src/api/store-client.ts';
import { type Block, blockKind } from '../../src/resources/block.ts';
import { isIpamError } from '../../src/resources/errors.ts';
import { RemoteStore } from '../../src/store/remote/remote-store.ts';
import { Servers } from '../../src/store/remote/servers.ts';
import type { ResourceKey, Store } from '../../src/store/store.ts';
import { wrap } from '../../src/store/wrap.ts';
import { Random } from '../kit/random.ts';
import { waitFor } from '../kit/wait.ts';
import { type Contention, contend } from './contention.ts';
import { notingLostAttempts } from './lost-attempts.ts';
import type { Operation } from './operation.ts';
import { recorded } from './recorded-store.ts';

/** What the process is told, as JSON in its only argument. */
export interface ContentionTask {
  readonly seed: number;
  /** Of the members, `host:port`. */
  readonly servers: readonly string[];
  /** Clients that fail over; as many again are bound to one member each. */
  readonly clients: number;
  readonly blocks: number;
  readonly pauseMs: number;
  readonly generationMs: number;
  /** Where the result goes, when its input is closed. */
  readonly file: string;
}

export interface ContentionResult extends Contention {
  readonly history: readonly (Omit<Operation, 'answeredAt'> & { readonly answeredAt: number | null })[];
}

/** Blocks are 10.N.…: as many as pool `contended` has. */
const generations = 64;
const lastReadMs = 60_000;

/** Clients of members' stores on a machine of their own, until standard input ends; then each object is read once more. */
const task = JSON.parse(process.argv[2] ?? '{}') as ContentionTask;
const history: Operation[] = [];
const began = performance.now();
const now = (): number => performance.now() - began;
const over = new AbortController();
process.stdin.resume().once('end', () => over.abort());
const security = { credentials: credentials.createInsecure(), options: {} };
const stores: Store[] = [];
const tallies = await Promise.all(
  Array.from({ length: 2 * task.clients }, (_, index) => {
    const random = new Random(task.seed + index);
    const bound = task.servers[index % task.servers.length] ?? '';
    const client = `client-${index}`;
    const repeatsDeletes = index < task.clients;
    const store = repeatsDeletes ? failingOver(client) : new ServerStore(bound, security);
    stores.push(store);
    return contend({
      store: wrap(store, recorded({ client, repeatsDeletes, history, now })),
      client,
      random,
      blocks: task.blocks,
      generation: () => Math.floor(now() / task.generationMs) % generations,
      signal: over.signal,
      pause: () => pause(random.below(2 * task.pauseMs)),
    });
  }),
);
await readAll();
const sum = (count: (tally: Contention) => number): number => tallies.reduce((total, tally) => total + count(tally), 0);
const result: ContentionResult = {
  done: sum(({ done }) => done),
  refused: sum(({ refused }) => refused),
  unanswered: sum(({ unanswered }) => unanswered),
  // JSON knows no infinity.
  history: history.map((one) => ({ ...one, answeredAt: Number.isFinite(one.answeredAt) ? one.answeredAt : null })),
};
writeFileSync(task.file, JSON.stringify(result));
for (const store of stores) await store.close();

function failingOver(client: string): Store {
  return new RemoteStore({
    servers: new Servers(task.servers),
    open: (address) => wrap(new ServerStore(address, security), notingLostAttempts({ client, history, now })),
    newUid: () => crypto.randomUUID(),
    now: () => performance.now(),
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}),
  });
}

/** What was acknowledged is there in the end: the reads are part of the history. */
async function readAll(): Promise<void> {
  const store = failingOver('last');
  stores.push(store);
  const last = wrap(store, recorded({ client: 'last', history, now }));
  const names = new Set(history.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)));
  for (const name of names) {
    const key: ResourceKey = { kind: blockKind, name };
    const present = await insist(() => last.get<Block>(key));
    if (present !== undefined) await insist(() => store.delete(key, undefined).catch(unlessGone));
  }
}

function unlessGone(error: unknown): void {
  if (!isIpamError(error, 'not-found')) throw error;
}

async function insist<T>(act: () => Promise<T>): Promise<T> {
  const { value } = await waitFor(
    'an answer of the members',
    () =>
      act().then(
        (value) => ({ value }),
        (error: unknown) => {
          if (!isIpamError(error)) throw error;
          return undefined;
        },
      ),
    lastReadMs,
    100,
  );
  return value;
}
