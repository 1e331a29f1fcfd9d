import type { Address, Family } from '../ip/address.ts';
import type { Prefix } from '../ip/prefix.ts';
import { prefixRange, type Range } from '../ip/range.ts';
import type { Route } from './allocation.ts';
import type { Attachment, PodRef } from './attachment.ts';
import type { Application } from './bind/application.ts';
import type { SubnetNames } from './bind/automatic-pool.ts';
import type { Stay } from './bind/stay.ts';
import type { RequestedAddress } from './requested-address.ts';

/** One range of a host-local-style configuration: a subnet, optionally narrowed. */
export interface InlineRange {
  readonly subnet: Prefix;
  readonly rangeStart?: Address;
  readonly rangeEnd?: Address;
  readonly gateway?: Address;
  /** Given to those only who ask for exactly them, whether or not they are between start and end; absent: none. */
  readonly fixed?: readonly Range[];
}

/** From start to end, whatever of the subnet no interface may have. */
export function wholeRange({ subnet, rangeStart, rangeEnd }: InlineRange): Range {
  const whole = prefixRange(subnet);
  return { first: rangeStart ?? whole.first, last: rangeEnd ?? whole.last };
}

/** Names or patterns (Go's path.Match) of pools for each IP family, tried in this order. */
export type PoolNames = Readonly<Record<Family, readonly string[]>>;

/** A route of a Pod's: it goes to the interface that reaches its gateway. */
export interface PodRoute {
  /** Canonical CIDR. */
  readonly dst: string;
  /** Of the same IP family, canonical. */
  readonly gw: string;
}

/** Pools that somebody named for each IP family, by name or by pattern. A family without names gets no address. */
export interface PoolPreference {
  /** Where it is written, for messages: `annotation ipam.spidernet.io/ippool of Pod "shop/web-0"`. */
  readonly origin: string;
  readonly names: PoolNames;
}

/** Where the addresses of a request may come from. */
export type PoolSource =
  /** The default pools of each family. */
  | { readonly kind: 'default' }
  /** Exactly these pools, tried in this order, one address per family. */
  | {
      readonly kind: 'named';
      readonly pools: readonly string[];
      /** Named for this one request: no annotation changes it. */
      readonly final?: true;
    }
  /** The first of these pools that has an address, for each family. */
  | { readonly kind: 'preferred'; readonly preference: PoolPreference }
  /**
   * Of each family the pools of its name, which several may have. A family that is not named has the default pools; one of whose name no
   * pool is, is left out where the other has pools of the same name.
   */
  | {
      readonly kind: 'by-name';
      /** Where it is written, for messages. */
      readonly origin: string;
      readonly names: Readonly<Record<Family, string | undefined>>;
      /** A label that names a pool as well: pools of one name are one for each of its subnets. */
      readonly label: string;
    }
  /** For each family the pool of its own that the Pod's application has of this SpiderSubnet: a controller makes it. */
  | {
      readonly kind: 'automatic';
      /** Where it is written, for messages. */
      readonly origin: string;
      readonly subnets: SubnetNames;
      /** Those that the Pod may be of, the likeliest first; never empty. */
      readonly applications: readonly Application[];
    }
  /** The pools of this purpose, as a topology or people gave it, that are for the node's place. */
  | {
      readonly kind: 'purpose';
      readonly purpose: string;
      /** Where it is written, for messages; absent: in the network's configuration. */
      readonly origin?: string;
    }
  /** The pools whose subnet is this prefix (the `clusterCIDR` of a network configuration). */
  | {
      readonly kind: 'subnet';
      readonly subnets: readonly Prefix[];
      /** Prefix length that the blocks of an IPv4 pool must have (`nodeBlockSize`). */
      readonly blockSize?: number;
    }
  /** host-local `ranges`: one address from each set, the ranges of a set tried in order. */
  | {
      readonly kind: 'ranges';
      readonly sets: readonly (readonly InlineRange[])[];
      /** Whereabouts' `network_name`: networks that never meet may have the same addresses. Absent: the default scope. */
      readonly networkName?: string;
    };

/** Does the attachment's interface exist already? */
export type InterfacePresence = 'present' | 'absent' | 'unknown';

/** What the CNI executable tells of its own execution: it tells a runtime that repeats an ADD from an executable that does. */
export interface CniExecution {
  /** The same whenever one execution sends its call again; empty: the executable does not tell. */
  readonly id: string;
  readonly interface: InterfacePresence;
}

/** Pools that are for everybody are none for this one. */
export interface OnlyMatching {
  /** Where it is written, for messages. */
  readonly origin: string;
  /** Of which it is so. */
  readonly families: readonly Family[];
}

/** What may be asked for one interface: all that a dialect can say, of a configuration or of annotations. */
export interface InterfaceRequest {
  readonly source: PoolSource;
  /** Empty: each family that the source has. Else exactly these. */
  readonly families: readonly Family[];
  /** Exact addresses asked for; each must be given or the request fails. */
  readonly requested: readonly RequestedAddress[];
  /** Are the addresses asked for to stay their owner's when its Pod is made anew? Those of StatefulSets do so unasked (`bind`). */
  readonly stays?: boolean;
  /** Is whatever address it gets to stay, and for whom? Absent: as it is with its owner. */
  readonly stay?: Stay | undefined;
  /** Only pools that are for its Pods or their namespace in particular. */
  readonly onlyMatching?: OnlyMatching;
  /** Routes for the result, in place of the pools' own; absent means the pools' own routes. */
  readonly routes?: readonly Route[];
  /** On top of these. */
  readonly podRoutes?: readonly PodRoute[];
  /** Also a default route by each address's gateway, unless the routes have one. */
  readonly defaultRoute?: boolean;
  /** No gateway for the interface, and no default route by one. */
  readonly cleanGateway?: boolean;
}

/** A dialect of configuration or annotation, translated at the edge, ends here. */
export interface AllocateRequest extends InterfaceRequest {
  readonly attachment: Attachment;
  /** Whose blocks to use; the daemon's own node when absent. */
  readonly node?: string;
  readonly pod?: PodRef | undefined;
  readonly netns: string;
  /** Absent: the request may be repeated at any time, as by gRPC. */
  readonly execution?: CniExecution;
  /** Why an operator puts it on record by hand, for the log and an Event on the Pod; absent: a runtime asks, or a program. */
  readonly reason?: string;
  /** What a network configuration calls its IPAM plugin, `ipam.type`; absent: none asks. */
  readonly ipamType?: string;
}
