import { IpamError } from '../resources/errors.ts';
import type { Caller } from './caller.ts';
import { sourceOf } from './source.ts';

/** What a call costs: a look at one thing; a walk over everything held; a stream that stays. */
export type Cost = 'light' | 'heavy' | 'stream';

interface Share {
  /** Calls of one client at once, of this cost. */
  readonly ofOne: number;
  /** Of all of them. */
  readonly ofAll: number;
}

/** A call is under way until its answer has been read: these bound what is held for those who do not read. */
const strangers: Readonly<Record<Cost, Share>> = {
  light: { ofOne: 32, ofAll: 256 },
  heavy: { ofOne: 2, ofAll: 8 },
  stream: { ofOne: 8, ofAll: 32 },
};
const known: Readonly<Record<Cost, Share>> = {
  light: { ofOne: 1_000, ofAll: 20_000 },
  heavy: { ofOne: 16, ofAll: 64 },
  // Each agent has one for each kind of resource, and one that says it is there.
  stream: { ofOne: 64, ofAll: 50_000 },
};

const costs: Readonly<Record<string, Cost>> = {
  '/ipam.IPAM/GetNodeBlocks': 'heavy',
  '/ipam.IPAM/GetPoolStats': 'heavy',
  '/ipam.IPAM/Lookup': 'heavy',
  '/ipam.IPAM/Explain': 'heavy',
  '/ipam.IPAM/ListFree': 'heavy',
  '/ipam.IPAM/GetHistory': 'heavy',
  '/ipam.IPAM/GetForecast': 'heavy',
  '/ipam.IPAM/CollectGarbage': 'heavy',
  '/ipam.IPAM/DryRunCollectGarbage': 'heavy',
  '/ipam.IPAM/ListAllocations': 'heavy',
  '/ipam.IPAM/ListPools': 'heavy',
  '/ipam.IPAM/Check': 'heavy',
  '/ipam.IPAM/WatchAllocations': 'stream',
  '/ipam.Resources/List': 'heavy',
  '/ipam.Resources/Watch': 'stream',
  '/ipam.Peers/Blocks': 'heavy',
  '/ipam.Peers/Allocations': 'heavy',
  '/ipam.Peers/Check': 'heavy',
  '/ipam.Peers/Explain': 'heavy',
  '/ipam.Peers/GetHistory': 'heavy',
  '/ipam.Peers/GetForecast': 'heavy',
  '/ipam.Peers/DryRunCollectGarbage': 'heavy',
  '/ipam.Store/List': 'heavy',
  '/ipam.Store/ListPresent': 'heavy',
  '/ipam.Store/Watch': 'stream',
  '/ipam.Store/Announce': 'stream',
  '/ipam.Cluster/Snapshot': 'heavy',
  '/grpc.health.v1.Health/Watch': 'stream',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': 'stream',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': 'stream',
};

/** After so long whoever was refused may try again, milliseconds. */
const retryAfterMs = 1_000;

export function costOf(method: string): Cost {
  return costs[method] ?? 'light';
}

/** How many calls over TCP are under way at once, of one client and of all, by what they cost. */
export class CallLimits {
  readonly #counts = new Map<string, number>();

  /** @returns what ends the count of this call @throws IpamError rate-limited */
  enter(caller: Caller, method: string): () => void {
    const cost = costOf(method);
    const isStranger = caller.role === 'anonymous';
    const kind = `${isStranger ? 'strangers' : 'known'} ${cost}`;
    const client = `${kind} ${isStranger ? sourceOf(caller.address) : `${caller.role} ${caller.name}`}`;
    const { ofOne, ofAll } = (isStranger ? strangers : known)[cost];
    this.#require(client, ofOne, 'of one client', method);
    this.#require(kind, ofAll, isStranger ? 'of callers who are not known' : 'of all clients', method);
    this.#add(client, 1);
    this.#add(kind, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#add(client, -1);
      this.#add(kind, -1);
    };
  }

  #require(key: string, most: number, whose: string, method: string): void {
    if ((this.#counts.get(key) ?? 0) < most) return;
    throw new IpamError(
      'rate-limited',
      `${most} calls ${whose} like ${method.slice(1)} are under way, as many as may be`,
      {
        advice:
          'read the answers, and try again in a second; on the Unix socket, or with a certificate, more is allowed',
        facts: { retryAfterMs },
      },
    );
  }

  #add(key: string, by: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
