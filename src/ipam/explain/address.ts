import { formatAddress } from '../../ip/address.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { type AddressFacts, type AddressState, addressState } from '../address-state.ts';
import type { Allocation } from '../allocation.ts';
import { attachmentKey } from '../attachment.ts';
import { identityTitle, isApplication, isAskedToStay } from '../bind/identity.ts';
import { bornAt, identityOfClaim } from '../bind/kept-claim.ts';
import { stayForText } from '../bind/stay.ts';
import { heldBackBecause, type Reservation } from '../claim/refused-address.ts';
import type { AwaitedRelease } from '../reclaim/awaited.ts';
import type { AddressExplanation } from './explanation.ts';

/** Beside what tells of its state, who has it and what waits for it. */
export interface ExplainFacts extends AddressFacts {
  /** Who has it by this daemon's record. */
  readonly recorded: Allocation | undefined;
  /** The claim of it that this daemon knows. */
  readonly claim: Stored<Claim> | undefined;
  readonly reservation: Reservation | undefined;
  /** What is told of its release, when its Pod is gone or should have ended. */
  readonly awaited: AwaitedRelease | undefined;
  /** How long what is released of a pool cools down, milliseconds. */
  readonly cooldownMs: (pool: Pool | undefined) => number;
}

type Reasons = Pick<AddressExplanation, 'since' | 'rule' | 'freed'>;

/** Who has an address, since when, by which rule, why it is not free and when it will be. */
export function explainAddress(facts: ExplainFacts): AddressExplanation {
  const state = addressState(facts);
  const pool = facts.pools.find(({ name }) => name === state.pool);
  const { address, recorded: holder } = facts;
  return { address: formatAddress(address), state, holder, ...reasonsOf(facts, state, pool) };
}

function reasonsOf(facts: ExplainFacts, state: AddressState, pool: Pool | undefined): Reasons {
  const { reservation } = facts;
  switch (state.state) {
    case 'held':
      return heldReasons(facts, pool);
    case 'parked':
      return parkedReasons(facts);
    case 'cooling-down': {
      const until = state.until ?? 0;
      const rule = `a released address cools down for ${seconds(facts.cooldownMs(pool))} (${cooldownSetting(pool)})`;
      const freed = `at ${timeText(until)}, or before when its pool has nothing else`;
      return { since: until - facts.cooldownMs(pool), rule, freed };
    }
    case 'quarantined': {
      const rule = `SpiderReservedIP "${reservation?.name}", a quarantine`;
      const byHand = `by ipam-cli lift ${formatAddress(facts.address)}`;
      return dated(undefined, rule, state.until === undefined ? byHand : `at ${timeText(state.until)}, or ${byHand}`);
    }
    case 'reserved': {
      const name = reservation?.name ?? '';
      return dated(undefined, `SpiderReservedIP "${name}"`, `when that is deleted: ipam-cli delete reservedip ${name}`);
    }
    case 'gateway':
      return dated(undefined, 'a gateway is given to no interface', 'when another gateway takes its place');
    case 'network':
    case 'broadcast':
      return dated(undefined, `a ${state.state} address is given to no interface`, 'never');
    case 'excluded':
      return dated(undefined, `spec.excludeIPs of pool "${pool?.name}"`, 'when it is taken out of spec.excludeIPs');
    case 'unlisted':
      return dated(
        undefined,
        `spec.ips of pool "${pool?.name}" does not list it`,
        'when spec.ips or spec.fixedIPs lists it',
      );
    case 'outside':
      return dated(undefined, 'no pool has it in its subnet', 'when a pool has it');
    case 'unknown':
      return unknownReasons(facts);
    case 'free':
      return freeReasons(facts, pool);
  }
}

function heldReasons({ recorded, claim, awaited, cooldownMs }: ExplainFacts, pool: Pool | undefined): Reasons {
  const identity = recorded?.identity ?? (claim && identityOfClaim(claim));
  const stays = identity === undefined ? undefined : `it stays with ${identityTitle(identity)} after its container`;
  const release =
    identity === undefined
      ? `with the DEL of its container, and a cool-down of ${seconds(cooldownMs(pool))} (${cooldownSetting(pool)})`
      : `not with the DEL of its container: ${stays}`;
  const late = awaited === undefined ? undefined : awaitedText(awaited);
  return dated(
    recorded?.createdAt ?? (claim && bornAt(claim)),
    [ruleOf(recorded, claim), stays].filter((part) => part !== undefined).join('; '),
    [late, release].filter((part) => part !== undefined).join('; else '),
  );
}

function ruleOf(recorded: Allocation | undefined, claim: Stored<Claim> | undefined): string {
  if (claim !== undefined) {
    const { node, pool } = claim.spec;
    const by = recorded === undefined ? '' : ' and the record of its daemon';
    return `claim ${claim.metadata.name} of pool "${pool}"${by}, for ${attachmentKey(claim.spec)} on node "${node}"`;
  }
  const { attachment, node, addresses } = recorded as Allocation;
  const blocks = addresses.flatMap(({ block }) => block ?? []);
  const from = blocks.length === 0 ? '' : ` out of block ${[...new Set(blocks)].join(', ')}`;
  return `the record of the daemon of node "${node}", for ${attachmentKey(attachment)}${from}`;
}

function awaitedText({ message, until }: AwaitedRelease): string {
  return until === undefined ? message : `by ${timeText(until)}: ${message}`;
}

function parkedReasons({ claim, address }: ExplainFacts): Reasons {
  const identity = claim && identityOfClaim(claim);
  const { parkedAt, keptFor } = claim?.spec ?? {};
  const since = parkedAt === undefined ? undefined : Date.parse(parkedAt);
  const byHand = `by ipam-cli unkeep ${formatAddress(address)}`;
  if (identity === undefined) return dated(since, 'its claim is parked', byHand);
  const { owner } = identity;
  const time = keptFor === undefined ? undefined : stayForText(keptFor);
  const ends = typeof time === 'number' && since !== undefined ? `at ${timeText(since + time)}` : undefined;
  const own = isAskedToStay(owner)
    ? 'when the one it is kept for has it again and gives it up'
    : `when its ${owner.kind} "${owner.name}" has no such ${isApplication(owner) ? 'Pods' : 'Pod'} any more, and ipam-controller has seen so`;
  return dated(
    since,
    `claim ${claim?.metadata.name}, kept for ${identityTitle(identity)}`,
    `${ends ?? own}, or ${byHand}`,
  );
}

function unknownReasons({ block }: ExplainFacts): Reasons {
  if (block !== undefined && !block.isOwn)
    return dated(undefined, 'the daemon that keeps its block alone knows who has it', '');
  const freed = 'in some minutes; ipam-cli check shows what cannot be used';
  return dated(undefined, `it is held back: ${heldBackBecause}`, freed);
}

function freeReasons({ address }: ExplainFacts, pool: Pool | undefined): Reasons {
  if (pool !== undefined && containsAddress(pool.fixed, address)) {
    return dated(undefined, `spec.fixedIPs of pool "${pool.name}": only who asks for exactly it gets it`, '');
  }
  if (pool?.disabled === true)
    return dated(undefined, `pool "${pool.name}" ${pool.closedBecause ?? 'is disabled'}`, '');
  return dated(undefined, '', '');
}

function dated(since: number | undefined, rule: string, freed: string): Reasons {
  return { since, rule, freed };
}

function cooldownSetting(pool: Pool | undefined): string {
  return pool?.cooldownMs === undefined ? "the daemon's setting" : `spec.cooldown of pool "${pool.name}"`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
