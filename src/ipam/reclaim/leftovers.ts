import { parseAddress } from '../../ip/address.ts';
import { containsAddress, type RangeSet } from '../../ip/range-set.ts';
import { type Block, blockKind } from '../../resources/block.ts';
import type { Claim } from '../../resources/claim.ts';
import { isMigrated } from '../../resources/migration-marks.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Allocation, HeldAddress } from '../allocation.ts';
import { attachmentKey } from '../attachment.ts';
import type { Violation } from '../check.ts';
import { holderOf } from '../claim/claim-state.ts';
import { sharedLayout } from '../claim/layout.ts';
import { undoOfRelease } from '../fix.ts';

export interface LeftoverFacts {
  readonly allocations: Iterable<Allocation>;
  /** Of another daemon's name, how many blocks and claims it has. */
  readonly daemons: ReadonlyMap<string, { readonly blocks: number; readonly claims: number }>;
  /** Is a daemon of this name there? Undefined: nothing tells. */
  readonly isPresent: (daemon: string) => boolean | undefined;
  readonly hasNetns: (path: string) => boolean;
  /** What a migration brought and its pool does not offer. */
  readonly outlying: readonly Outlying[];
}

/** @returns undefined when nothing tells: a path below /proc names a process, and another may have its number by now */
export function isNetnsGone(netns: string, hasNetns: (path: string) => boolean): boolean | undefined {
  return netns === '' || netns.startsWith('/proc/') ? undefined : !hasNetns(netns);
}

/**
 * Own claims that a migration brought, of addresses that their pools do not offer: the former IPAM gave them, and a container has
 * them until its DEL.
 */
export function outlyingClaims({ claims, pools, reserved }: OutlyingFacts): readonly Outlying[] {
  const usable = new Map(pools.map((pool) => [pool.name, sharedLayout(pool, reserved).usable]));
  return claims.filter(isMigrated).flatMap(({ spec: { address, pool } }) => {
    const offered = usable.get(pool);
    return offered === undefined || containsAddress(offered, parseAddress(address)) ? [] : [{ address, pool }];
  });
}

export interface OutlyingFacts {
  readonly claims: readonly Stored<Claim>[];
  /** Shared ones. */
  readonly pools: readonly Pool[];
  readonly reserved: RangeSet;
}

function outlyingNote({ address, pool }: Outlying): Violation {
  return {
    invariant: 0,
    subject: address,
    message: `held since before a migration, and pool "${pool}" does not offer it`,
    repair: 'none is needed: nobody gets it after the DEL of its container',
  };
}

type Outlying = Pick<HeldAddress, 'address' | 'pool'>;

type HeldBy = Stored<Block> | Stored<Claim>;

/** What daemons of other names have, by their names. */
export function heldByOthers(own: string, held: readonly HeldBy[]): LeftoverFacts['daemons'] {
  const others = new Map<string, { blocks: number; claims: number }>();
  for (const object of held) {
    const { daemon } = (object.kind === blockKind ? object.spec : holderOf(object)) ?? {};
    if (daemon === undefined || daemon === own) continue;
    const counts = others.get(daemon) ?? { blocks: 0, claims: 0 };
    counts[object.kind === blockKind ? 'blocks' : 'claims'] += 1;
    others.set(daemon, counts);
  }
  return others;
}

/** More than this of one kind say nothing more. */
const shownLimit = 1_000;

/**
 * What no invariant forbids, and nobody may come back for: addresses of containers that are gone without a DEL, and what is
 * leased or claimed by a daemon that is not there, such as one that had another name until now.
 */
export function findLeftovers(facts: LeftoverFacts): readonly Violation[] {
  const { allocations, daemons, isPresent, hasNetns, outlying } = facts;
  const leftovers: Violation[] = [];
  for (const { attachment, netns, addresses, pod } of allocations) {
    if (leftovers.length === shownLimit) break;
    if (isNetnsGone(netns, hasNetns) !== true) continue;
    const of = pod === undefined ? '' : ` of Pod ${pod.namespace}/${pod.name}`;
    const texts = addresses.map(({ address }) => address);
    for (const address of texts.slice(0, 1)) {
      leftovers.push({
        invariant: 0,
        subject: texts.join(', '),
        message: `held by ${attachmentKey(attachment)}${of}, whose network namespace ${netns} is gone`,
        repair: `if its runtime sends no DEL: ipam-cli release ${address}`,
        fix: { kind: 'release', attachment, undo: undoOfRelease(attachment, texts, pod) },
      });
    }
  }
  for (const [daemon, { blocks, claims }] of daemons) {
    if (isPresent(daemon) !== false) continue;
    leftovers.push({
      invariant: 0,
      subject: daemon,
      message: `has ${blocks} blocks and ${claims} claims, and no ipam-daemon of this name is there`,
      repair: `if it will never come back, or has another name by now: ipam-cli forget ${daemon}`,
    });
  }
  return [...leftovers, ...outlying.slice(0, shownLimit).map(outlyingNote)];
}
