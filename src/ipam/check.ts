/** One broken promise found on live state, with what repairs it. */
export interface Violation {
  /** Number of the invariant (1..7) that does not hold. */
  readonly invariant: number;
  /** What it is about: an address, a block's CIDR, an attachment. */
  readonly subject: string;
  readonly message: string;
  /** A command or action that repairs it. */
  readonly repair: string;
}
