import { type Family, familyBits } from '../ip/address.ts';
import { type Prefix, prefixCovers } from '../ip/prefix.ts';
import { families, hostPrefix, ofFamily, type Side, type Speaker } from './speaker.ts';

/** What rules name: each routing daemon has sets of prefixes, in words of its own. */
export interface PrefixSet {
  readonly name: 'within' | 'announced' | 'own' | 'aggregates' | 'aggregated';
  /** Of one family, at least one. */
  readonly prefixes: readonly Prefix[];
  /** With all that is within them? */
  readonly isDeep: boolean;
}

/** Of several that match, the first decides; what none matches is refused. */
export interface Rule {
  readonly set: PrefixSet['name'];
  readonly isAccepted: boolean;
}

/** What routes of a family may pass a speaker, in the words of none of the daemons. Rules name sets that are there. */
export interface Policy {
  readonly family: Family;
  readonly sets: readonly PrefixSet[];
  /** From any peer. */
  readonly received: readonly Rule[];
  /** To those above, before `announced`: aggregates in the place of what is within them. */
  readonly upward: readonly Rule[];
  /** To any peer. */
  readonly announced: readonly Rule[];
  /** Where there are peers of the family, sorted. */
  readonly sides: readonly Side[];
}

/** One for each family of which the speaker has peers, in order: each peer speaks of its own address's family. */
export function policiesOf(speaker: Speaker): readonly Policy[] {
  return families.map((family) => policyOf(speaker, family)).filter(({ sides }) => sides.length > 0);
}

function policyOf(speaker: Speaker, family: Family): Policy {
  const { within, prefixes, aggregates, isTransit, peers } = speaker;
  const sets = (
    [
      { name: 'within', prefixes: within, isDeep: true },
      { name: 'announced', prefixes: isTransit ? within : ownWithin(speaker), isDeep: isTransit },
      { name: 'own', prefixes, isDeep: true },
      { name: 'aggregates', prefixes: aggregates, isDeep: false },
      { name: 'aggregated', prefixes: aggregates, isDeep: true },
    ] as const
  )
    .map((set): PrefixSet => ({ ...set, prefixes: ofFamily(set.prefixes, family) }))
    .filter((set) => set.prefixes.length > 0);
  const sides = [...new Set(peers.filter(({ address }) => address.family === family).map(({ side }) => side))].sort();
  const rule = (set: PrefixSet['name'], isAccepted: boolean): readonly Rule[] =>
    sets.some(({ name }) => name === set) ? [{ set, isAccepted }] : [];
  return {
    family,
    sets,
    received: [...rule('own', false), ...rule('within', true)],
    upward: sides.includes('up') ? [...rule('aggregates', true), ...rule('aggregated', false)] : [],
    announced: rule('announced', true),
    sides,
  };
}

/** What it has itself, as far as it may be announced at all: addresses of other networks are none of this one's. */
function ownWithin({ prefixes, hosts, within }: Speaker): readonly Prefix[] {
  return [...prefixes, ...hosts.map(hostPrefix)].filter((prefix) => within.some((one) => prefixCovers(one, prefix)));
}

/** What a speaker tells the peers of a side. */
export function rulesTo(side: Side, { upward, announced }: Policy): readonly Rule[] {
  return side === 'up' ? [...upward, ...announced] : announced;
}

/** Length of the longest prefix that a set takes beside its own: that of an address. @returns undefined: it takes its own only */
export function deepest({ isDeep }: PrefixSet, { address, length }: Prefix): number | undefined {
  const bits = familyBits(address.family);
  return isDeep && length < bits ? bits : undefined;
}
