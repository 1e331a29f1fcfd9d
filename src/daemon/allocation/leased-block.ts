import type { Prefix } from '../../ip/prefix.ts';
import type { AddressSpace } from '../../ipam/claim/address-space.ts';
import type { Block } from '../../resources/block.ts';
import type { Stored } from '../../resources/resource.ts';

/** A block that a node has, with its addresses once somebody asked for them. */
export interface LeasedBlock {
  readonly prefix: Prefix;
  readonly resource: Stored<Block>;
  /** Made at the first use: a daemon that keeps a thousand nodes' blocks serves few of them. */
  space: AddressSpace | undefined;
}
