import { blockKind } from '../resources/block.ts';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { poolKind } from '../resources/pool.ts';
import { reservedIPKind } from '../resources/reserved-ip.ts';
import type { Resource } from '../resources/resource.ts';
import type { Caller } from './caller.ts';
import { TokenBuckets } from './token-bucket.ts';

/** How many objects one node may have in the store of its cluster. */
export interface NodeLimits {
  readonly claims: number;
  readonly blocks: number;
  /** Made of its CNI ranges. */
  readonly pools: number;
  /** Of all, whoever made them: while there are so many, no node makes one. */
  readonly quarantines: number;
}

/** Longest JSON of what a node writes, characters. Claims have a few hundred; the rest of a pool are its ranges. */
const longest: ReadonlyMap<string, number> = new Map([
  [claimKind, 8 * 1024],
  [blockKind, 4 * 1024],
  [poolKind, 64 * 1024],
]);
const longestOfOthers = 4 * 1024;

const limitOf: ReadonlyMap<string, keyof NodeLimits> = new Map([
  [claimKind, 'claims'],
  [blockKind, 'blocks'],
  [poolKind, 'pools'],
  [reservedIPKind, 'quarantines'],
]);

const leaked = 'look with ipam-cli check what it leaks';
const tooMany: Readonly<Record<keyof NodeLimits, string>> = {
  claims: leaked,
  blocks: leaked,
  pools: leaked,
  quarantines: 'lift some (ipam-cli get reservedip), or ask a member',
};

/**
 * What one node writes, characters: the store keeps each version for minutes, also of what is deleted at once. Five hundred
 * claims a second in the long run.
 */
const written = { perSecond: 256 * 1024, burst: 16 * 1024 * 1024 };

/** How long a count goes by what the store had, milliseconds. */
const countedMs = 5_000;

export interface NodeQuotaParts {
  readonly limits: NodeLimits;
  /** Who has how many objects of a kind, as far as is known. */
  readonly count: (kind: string) => ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
  readonly now: () => number;
}

interface Counted {
  readonly at: number;
  readonly byNode: ReadonlyMap<string, number>;
  /** Created through here since. */
  readonly since: Map<string, number>;
}

/** Keeps one node's certificate from filling the store of all. */
export class NodeQuota {
  readonly #parts: NodeQuotaParts;
  readonly #counted = new Map<string, Promise<Counted>>();
  readonly #written: TokenBuckets;

  constructor(parts: NodeQuotaParts) {
    this.#parts = parts;
    this.#written = new TokenBuckets(written, parts.now);
  }

  /**
   * Before a write by a node is read.
   * @throws IpamError permission-denied: it is longer than such an object ever is; rate-limited: it has written much
   */
  requireModest({ role, name }: Caller, json: string): void {
    if (role !== 'node') return;
    const most = Math.max(...longest.values());
    if (json.length > most) throw tooLong(name, 'an object', json.length, most);
    const retryAfterMs = this.#written.take(name, json.length);
    if (retryAfterMs === 0) return;
    throw new IpamError('rate-limited', `node "${name}" writes more than a daemon does`, {
      advice: `try again in ${retryAfterMs} ms`,
      facts: { node: name, retryAfterMs },
    });
  }

  /**
   * Before a create by a node, when the rules have nothing against it.
   * @throws IpamError permission-denied: it is longer than its kind ever is; rate-limited: it has as many as it may
   */
  async admit({ role, name }: Caller, { kind }: Resource, length: number): Promise<void> {
    if (role !== 'node') return;
    const most = longest.get(kind) ?? longestOfOthers;
    if (length > most) throw tooLong(name, kind, length, most);
    const limit = limitOf.get(kind);
    if (limit === undefined) return;
    const { byNode, since } = await this.#countOf(kind);
    // What nobody's name is on counts for everybody.
    const had = (byNode.get(name) ?? 0) + (byNode.get('') ?? 0) + (since.get(name) ?? 0);
    if (had >= this.#parts.limits[limit]) {
      throw new IpamError('rate-limited', `node "${name}" has ${had} objects of kind ${kind}, as many as it may`, {
        advice: `${tooMany[limit]}, or raise limits.node.${limit} of the members`,
        facts: { node: name, kind, had, limit: this.#parts.limits[limit] },
      });
    }
    since.set(name, (since.get(name) ?? 0) + 1);
  }

  #countOf(kind: string): Promise<Counted> {
    const { count, now } = this.#parts;
    const present = this.#counted.get(kind);
    const counting = (async () => {
      const known = await present?.catch(() => undefined);
      if (known !== undefined && now() - known.at < countedMs) return known;
      return { at: now(), byNode: await count(kind), since: new Map<string, number>() };
    })();
    this.#counted.set(kind, counting);
    return counting;
  }
}

function tooLong(name: string, what: string, length: number, most: number): IpamError {
  return new IpamError('permission-denied', `node "${name}" may not write ${what} of ${length} characters`, {
    advice: `the longest that a daemon writes has ${most}`,
    facts: { node: name, length, most },
  });
}
