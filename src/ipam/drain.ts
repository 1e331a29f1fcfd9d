/** Since when a node is emptied, and why. */
export interface Drained {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly reason: string;
}

/** How far it has come. */
export interface DrainState {
  readonly node: string;
  /** Undefined: it is not drained. */
  readonly drained: Drained | undefined;
  /** Interfaces that have addresses, or whose ADD or DEL is under way. */
  readonly attachments: number;
  /** CIDRs of the blocks that the node leases; each goes back when its addresses have cooled down. */
  readonly blocks: readonly string[];
}

/** Of one daemon: its node is emptied, and filled again. */
export interface Draining {
  state(): DrainState;
  /** @throws IpamError storage-full, store-unavailable */
  begin(reason: string): Promise<DrainState>;
  /** @throws IpamError storage-full, store-unavailable */
  end(): Promise<DrainState>;
}
