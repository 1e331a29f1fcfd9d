import { parseAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix, prefixCovers, prefixesOverlap } from '../ip/prefix.ts';
import { containsAddress, type RangeSet } from '../ip/range-set.ts';
import type { Claim } from '../resources/claim.ts';
import { isMigrated } from '../resources/migration-marks.ts';
import type { Pool } from '../resources/pool.ts';
import type { Stored } from '../resources/resource.ts';
import { addressKey } from '../resources/scope.ts';
import type { Allocation, HeldAddress } from './allocation.ts';
import { attachmentKey } from './attachment.ts';
import { isSuperseded } from './bind/at-del.ts';
import { placeOfClaim } from './bind/kept-claim.ts';
import { isHeldBy, isMigratedFrom, isOfDaemon, isParked } from './claim/claim-state.ts';
import { blockLayout, sharedLayout } from './claim/layout.ts';
import type { Fix } from './fix.ts';

/** One broken promise found on live state, with what repairs it. */
export interface Violation {
  /** Number of the invariant (1..7) that does not hold. */
  readonly invariant: number;
  /** What it is about: an address, a block's CIDR, an attachment. */
  readonly subject: string;
  readonly message: string;
  /** A command or action that repairs it. */
  readonly repair: string;
  /** What its daemon does about it when it is asked to; absent: nothing. Only of what a daemon has found itself. */
  readonly fix?: Fix;
}

/** The same thing at another look: how long it has been so does not count. */
export function essence({ invariant, subject, message }: Violation): string {
  return `${invariant} ${subject} ${message.replace(/ \d+ s ago/, '')}`;
}

export interface BlockFacts {
  readonly prefix: Prefix;
  readonly node: string;
  readonly pool: string;
  /** What the block's allocator holds in memory; undefined when it has none yet. */
  readonly marked: Iterable<{ readonly address: string; readonly key: string }> | undefined;
}

export interface CheckFacts {
  /** The daemon that is checked. */
  readonly daemon: string;
  readonly pools: readonly Pool[];
  readonly reserved: RangeSet;
  readonly blocks: readonly BlockFacts[];
  readonly claims: readonly Stored<Claim>[];
  /** What the daemon answers from. */
  readonly allocations: readonly Allocation[];
  /** Calls not answered yet: what they have marked is not on record, and that is right. */
  readonly underway: number;
  /** What the journal would restore. */
  readonly recorded: Iterable<Allocation>;
  readonly now: number;
  /** How long an ADD may take, milliseconds. */
  readonly sandboxDeadlineMs: number;
}

/** Beside what is found, a step for each thing that was looked at: whoever takes them may pause between two. */
type Steps = Generator<Violation | undefined>;

/** Every way in which the live state breaks an invariant of the architecture. Empty: all hold. */
export function* findViolations(facts: CheckFacts): Generator<undefined, readonly Violation[]> {
  const found: Violation[] = [];
  const checks = [
    duplicates,
    misplaced,
    overlappingBlocks,
    strayed,
    unbackedClaims,
    unsharedAddresses,
    leakedMarks,
    unrecorded,
  ];
  for (const check of checks) {
    for (const violation of check(facts)) {
      if (violation !== undefined) found.push(violation);
      yield;
    }
  }
  return found;
}

/** Keys are made where they are said: for a million addresses that is most of the work. */
function* held(facts: CheckFacts): Generator<{ allocation: Allocation; address: HeldAddress }> {
  for (const allocation of facts.allocations) {
    for (const address of allocation.addresses) yield { allocation, address };
  }
}

function keyOf({ attachment }: Allocation): string {
  return attachmentKey(attachment);
}

/** 1: one address, two attachments. */
function* duplicates(facts: CheckFacts): Steps {
  const holders = new Map<string, Allocation>();
  for (const { allocation, address } of held(facts)) {
    yield;
    const other = holders.get(addressKey(address));
    if (other === undefined) holders.set(addressKey(address), allocation);
    else {
      yield {
        invariant: 1,
        subject: address.address,
        message: `held by ${keyOf(other)} and by ${keyOf(allocation)}`,
        repair: 'delete one of the two Pods; the address stays with the other',
      };
    }
  }
}

/** 4: an address that its pool may not give, or from a block that its node does not lease. */
function* misplaced(facts: CheckFacts): Steps {
  const pools = new Map(facts.pools.map((pool) => [pool.name, pool]));
  const blocks = new Map(facts.blocks.map((block) => [formatPrefix(block.prefix), block]));
  const layouts = new Map<string, RangeSet>();
  // What a migration brought is held until its DEL, wherever it lies: `check` tells of it as left behind.
  const migrated = new Set<string>();
  for (const claim of facts.claims) {
    if (isMigrated(claim)) migrated.add(addressKey(claim.spec));
    yield;
  }
  for (const { allocation, address } of held(facts)) {
    yield;
    const wrong = (message: string, repair: string): Violation => ({
      invariant: 4,
      subject: address.address,
      message,
      repair,
    });
    const pool = pools.get(address.pool);
    if (pool === undefined) {
      yield wrong(
        `held by ${keyOf(allocation)} from pool "${address.pool}", which does not exist`,
        're-create the pool, or delete the Pod',
      );
      continue;
    }
    const block = address.block === undefined ? undefined : blocks.get(address.block);
    if (address.block !== undefined && block?.node !== allocation.node) {
      const owner = block === undefined ? 'nobody leases' : `node "${block.node}" leases`;
      yield wrong(
        `held by ${keyOf(allocation)} on node "${allocation.node}" from block ${address.block}, which ${owner}`,
        'delete the Pod',
      );
      continue;
    }
    const place = address.block ?? `pool ${pool.name}`;
    const usable =
      layouts.get(place) ??
      (block === undefined ? sharedLayout(pool, facts.reserved) : blockLayout(pool, block.prefix, facts.reserved))
        .usable;
    layouts.set(place, usable);
    if (!containsAddress(usable, parseAddress(address.address)) && !migrated.has(addressKey(address))) {
      yield wrong(
        `held by ${keyOf(allocation)}, but pool "${pool.name}" may not give it out`,
        'delete the Pod, or change the pool or reservation',
      );
    }
  }
}

/** 1, one layer up: two leases of one address range. */
function* overlappingBlocks(facts: CheckFacts): Steps {
  const pools = new Map(facts.pools.map((pool) => [pool.name, pool]));
  const sorted = facts.blocks.toSorted((a, b) => {
    const [x, y] = [a.prefix.address, b.prefix.address];
    return x.family - y.family || (x.value < y.value ? -1 : x.value > y.value ? 1 : a.prefix.length - b.prefix.length);
  });
  for (const [index, block] of sorted.entries()) {
    yield;
    const next = sorted[index + 1];
    const cidr = formatPrefix(block.prefix);
    if (next !== undefined && prefixesOverlap(block.prefix, next.prefix)) {
      yield {
        invariant: 1,
        subject: cidr,
        message: `leased to node "${block.node}" and overlaps ${formatPrefix(next.prefix)} of node "${next.node}"`,
        repair: `empty one of the nodes, then ipam-cli release <node> <cidr>`,
      };
    }
    const pool = pools.get(block.pool);
    if (pool === undefined || !prefixCovers(pool.subnet, block.prefix)) {
      yield {
        invariant: 4,
        subject: cidr,
        message: `leased to node "${block.node}" outside pool "${block.pool}"`,
        repair: `ipam-cli release ${block.node} ${cidr}`,
        fix: { kind: 'return-block', node: block.node, cidr, pool: block.pool },
      };
    }
  }
}

/**
 * 3: an address that is kept for an interface that was given another meanwhile. Whoever moves to another pool lets what it had
 * go at once; what a container had still is let go by the controller within a minute after the ADD of the other must be over.
 */
function* strayed(facts: CheckFacts): Steps {
  const parked: Stored<Claim>[] = [];
  const held = new Map<string, Stored<Claim>[]>();
  for (const claim of facts.claims) {
    yield;
    const place = placeOfClaim(claim);
    if (place === undefined) continue;
    if (isParked(claim)) parked.push(claim);
    else held.set(place, [...(held.get(place) ?? []), claim]);
  }
  for (const claim of parked) {
    yield;
    const others = held.get(placeOfClaim(claim) ?? '') ?? [];
    const since = Date.parse(claim.spec.parkedAt ?? '');
    const isOver = isSuperseded(claim, others, facts.now, facts.sandboxDeadlineMs + strayedMs);
    if (facts.now - since <= strayedMs || !isOver) continue;
    const { address, podNamespace, podName, ifname } = claim.spec;
    yield {
      invariant: 3,
      subject: address,
      message: `kept for ${ifname} of Pod ${podNamespace}/${podName} since ${claim.spec.parkedAt}, which has ${others.map(({ spec }) => spec.address).join(', ')}`,
      repair: 'ipam-controller frees it; where none runs: kubectl delete ipclaim',
    };
  }
}

/** Within this time, milliseconds, what an identity has moved from is free. */
const strayedMs = 120_000;

/** Within this time, milliseconds, a round of garbage collection has found what is garbage. */
const collectionMs = 60_000;

/** 6: a claim with no record behind it, older than an ADD can take and a round of collection. */
function* unbackedClaims(facts: CheckFacts): Steps {
  if (facts.claims.length === 0) return;
  const holders = new Map<string, Allocation>();
  for (const { allocation, address } of held(facts)) {
    holders.set(addressKey(address), allocation);
    yield;
  }
  for (const claim of facts.claims) {
    yield;
    const { spec, metadata } = claim;
    // Only the daemon that made a claim has the record that stands behind it.
    if (!isOfDaemon(claim, facts.daemon)) continue;
    // Taken over by an ADD under way, it is older than that.
    if (spec.ownerName !== undefined && facts.underway > 0) continue;
    const key = attachmentKey(spec);
    const holder = holders.get(addressKey(spec));
    if (holder !== undefined && keyOf(holder) === key) continue;
    const age = facts.now - Date.parse(metadata.creationTimestamp);
    if (age <= facts.sandboxDeadlineMs + collectionMs) continue;
    yield {
      invariant: 6,
      subject: spec.address,
      message: `claimed for ${key} ${Math.round(age / 1000)} s ago, and no record stands behind it`,
      repair: 'the next garbage collection of the node that made it releases it; restart its daemon if it does not',
      fix: { kind: 'collect' },
    };
  }
}

/**
 * 1: an address that is held without a claim, and not of a block, could be claimed by another node; one of a block that is
 * claimed could be had by whoever the claim is for.
 */
function* unsharedAddresses(facts: CheckFacts): Steps {
  const claims = new Map<string, Stored<Claim>>();
  for (const claim of facts.claims) {
    claims.set(addressKey(claim.spec), claim);
    yield;
  }
  for (const { allocation, address } of held(facts)) {
    yield;
    const key = keyOf(allocation);
    const claim = claims.get(addressKey(address));
    const whose = claim && `${isParked(claim) ? 'parked' : 'claimed'} for ${attachmentKey(claim.spec)}`;
    const wrong = (message: string, repair: string): Violation => ({
      ...{ invariant: 1, subject: address.address, message, repair },
    });
    if (address.block !== undefined) {
      if (whose === undefined) continue;
      yield wrong(
        `held by ${key} of block ${address.block}, but ${whose}`,
        'delete the Pod; the claim keeps the address',
      );
      continue;
    }
    // Both Pods of a live migration have it.
    if (claim !== undefined && (isHeldBy(claim, key) || isMigratedFrom(claim, key))) continue;
    const found = wrong(
      whose === undefined ? `held by ${key} without a claim` : `held by ${key}, but ${whose}`,
      'restart the daemon, which claims it again; if another node has it by then, delete the Pod',
    );
    yield whose === undefined ? { ...found, fix: { kind: 'secure', address: address.address } } : found;
  }
}

/** 6: addresses that an allocator counts as taken and nobody holds. */
function* leakedMarks(facts: CheckFacts): Steps {
  if (facts.underway > 0) return;
  const holders = new Map<string, Allocation>();
  for (const { allocation, address } of held(facts)) {
    if (address.block !== undefined) holders.set(address.address, allocation);
    yield;
  }
  const marks = new Map<string, Set<string>>();
  for (const { marked, prefix } of facts.blocks) {
    yield;
    if (marked === undefined) continue;
    const known = new Set<string>();
    const cidr = formatPrefix(prefix);
    marks.set(cidr, known);
    for (const { address, key } of marked) {
      yield;
      known.add(address);
      const holder = holders.get(address);
      if (holder !== undefined && keyOf(holder) === key) continue;
      yield {
        invariant: 6,
        subject: address,
        message: `taken in block ${cidr} for ${key}, which does not hold it`,
        repair: 'restart the daemon: it rebuilds its blocks from the journal',
      };
    }
  }
  for (const { allocation, address } of held(facts)) {
    yield;
    if (marks.get(address.block ?? '')?.has(address.address) !== false) continue;
    yield {
      invariant: 1,
      subject: address.address,
      message: `held by ${keyOf(allocation)}, but free in block ${address.block}`,
      repair: 'restart the daemon: it rebuilds its blocks from the journal',
    };
  }
}

/** 7: what the daemon says and what it would say after a crash. On record an allocation is known by its first address. */
function* unrecorded(facts: CheckFacts): Steps {
  if (facts.underway > 0) return;
  const live = new Map<string, Allocation>();
  for (const allocation of facts.allocations) {
    const [first] = allocation.addresses;
    if (first !== undefined) live.set(addressKey(first), allocation);
    yield;
  }
  const differing = new Map<string, [says: string, would: string]>();
  for (const would of facts.recorded) {
    yield;
    const [first] = would.addresses;
    const says = first && live.get(addressKey(first));
    if (says !== undefined && keyOf(says) === keyOf(would) && textOf(says) === textOf(would)) {
      live.delete(addressKey(first as HeldAddress));
      continue;
    }
    differing.set(keyOf(would), ['nothing', textOf(would)]);
  }
  for (const says of live.values()) {
    yield;
    differing.set(keyOf(says), [textOf(says), differing.get(keyOf(says))?.[1] ?? 'nothing']);
  }
  for (const [subject, [says, would]] of differing) {
    yield {
      invariant: 7,
      subject,
      message: `holds ${says}, but the journal records ${would}`,
      repair: 'restart the daemon: the journal is what counts',
    };
  }
}

function textOf({ addresses }: Allocation): string {
  return addresses.map(({ address }) => address).join(', ');
}
