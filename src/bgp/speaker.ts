import { type Address, type Family, familyBits } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';

/** Where a peer is: towards the spines, towards the Pods, or beside. */
export type Side = 'up' | 'down' | 'across';

/** One end of a session, as the other one is told of it. */
export interface Neighbor {
  /** As people call it. */
  readonly name: string;
  readonly address: Address;
  /** 1..4294967294. */
  readonly asn: number;
  readonly bfd?: boolean;
}

/** A BGP session of a speaker. */
export interface Peer extends Required<Neighbor> {
  readonly side: Side;
  /** The speaker's end; undefined: what the kernel chooses. */
  readonly source?: Address;
}

/** What all sessions of a speaker have in common. */
export interface SessionSettings {
  /** Ways of equal cost that are used at once, 1..128. */
  readonly maxPaths: number;
  /** Routes of a family that one peer may send before its session is ended and begun again, 1..1000000. */
  readonly maxPrefixes: number;
  /** RFC 4271 10: 3..65535. */
  readonly holdSeconds: number;
  /** How long what a peer has announced stays while it starts anew (RFC 4724), 1..4095; undefined: not at all. */
  readonly gracefulRestartSeconds: number | undefined;
  /** A peer that is silent for so many intervals is gone (RFC 5880). */
  readonly bfd: { readonly intervalMs: number; readonly multiplier: number };
}

/** A day's and a data centre's values: a link that fails is noticed within 900 ms. */
export const defaultSessionSettings: SessionSettings = {
  maxPaths: 32,
  maxPrefixes: 10_000,
  holdSeconds: 90,
  gracefulRestartSeconds: 120,
  bfd: { intervalMs: 300, multiplier: 3 },
};

/** Who speaks BGP, as each kind of routing daemon is told. */
export interface Speaker {
  /** Node, leaf or spine. */
  readonly name: string;
  /** 1..4294967294 (RFC 6793; 0 and the last are nobody's, RFC 7607 and RFC 7300). */
  readonly asn: number;
  /** IPv4 (RFC 6286). */
  readonly routerId: Address;
  readonly peers: readonly Peer[];
  /** Its own: announced to all peers. What nobody has within is unreachable here, and does not go up to a leaf and back. */
  readonly prefixes: readonly Prefix[];
  /** Single addresses of its own, outside of `prefixes`. */
  readonly hosts: readonly Address[];
  /** Announced upwards in the place of everything that is within them. */
  readonly aggregates: readonly Prefix[];
  /** What may be announced or taken at all; the rest, a default route too, is refused. */
  readonly within: readonly Prefix[];
  /** Does it tell peers what others told it? A node does not: nobody's way to a third leads over it. */
  readonly isTransit: boolean;
  readonly settings: SessionSettings;
}

/** RFC 4271 10: a third of the hold time. Seconds. */
export function keepaliveSeconds({ holdSeconds }: SessionSettings): number {
  return Math.max(1, Math.floor(holdSeconds / 3));
}

export const families: readonly Family[] = [4, 6];

export function ofFamily(prefixes: readonly Prefix[], family: Family): readonly Prefix[] {
  return prefixes.filter(({ address }) => address.family === family);
}

/** An address as the route to it alone. */
export function hostPrefix(address: Address): Prefix {
  return { address, length: familyBits(address.family) };
}
