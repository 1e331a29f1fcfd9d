/**
 * The closed set of things that can go wrong for a user. Every edge (CNI code, gRPC status,
 * HTTP status, exit status) maps this set in one table of its own.
 */
export type ErrorCode =
  | 'invalid-argument' // a request's value is malformed
  | 'invalid-config' // a configuration (network, daemon, manifest) breaks a rule
  | 'unsupported-field' // a configuration has a key that nobody reads
  | 'unsupported' // legal, but not in this version or mode
  | 'incompatible-version' // a CNI version that we do not speak
  | 'not-found'
  | 'already-exists'
  | 'conflict' // the resourceVersion named is no longer the present one
  | 'compacted' // the version to watch from is gone: list again
  | 'address-taken'
  | 'address-conflict' // somebody outside answers for it
  | 'gateway-unreachable' // no gateway on the segment of the interface
  | 'address-not-allowed' // outside every pool, reserved, excluded, gateway, network or broadcast
  | 'pool-exhausted'
  | 'quota-exceeded' // a namespace would hold more addresses than it may
  | 'in-use' // a pool, block or range that still has addresses out
  | 'permission-denied'
  | 'rate-limited' // a client that asks too often, or a store that sheds load: later
  | 'too-slow' // a client whose request does not come in time
  | 'quorum-at-risk' // a change of members that would leave too few voters running
  | 'wrong-cluster' // a member of one cluster spoke to another
  | 'not-ready' // starting or stopping: try again
  | 'store-unavailable'
  | 'storage-full'
  | 'storage-damaged';

/** Facts that belong to an error, printed as they are by machines: `-o json`, gRPC details. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/**
 * An error that a person can act on. `message` says what is wrong and where; `advice` what to do.
 * Anything thrown that is not an IpamError is a programmer's error.
 */
export class IpamError extends Error {
  override readonly name = 'IpamError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, more: { advice?: string; facts?: ErrorFacts; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.advice = more.advice ?? '';
    this.facts = more.facts ?? {};
  }
}

export function isIpamError(error: unknown, code?: ErrorCode): error is IpamError {
  return error instanceof IpamError && (code === undefined || error.code === code);
}

/** Is what was to be written or deleted gone, or another by now? Somebody was faster. */
export function isOvertaken(error: unknown): error is IpamError {
  return isIpamError(error, 'not-found') || isIpamError(error, 'conflict');
}

const passing: ReadonlySet<ErrorCode> = new Set(['not-ready', 'store-unavailable', 'rate-limited']);

/** Would the same call succeed later, without anything being done about it? */
export function passesByItself(error: unknown): error is IpamError {
  return isIpamError(error) && passing.has(error.code);
}

const unanswered: ReadonlySet<ErrorCode> = new Set(['store-unavailable', 'storage-full', 'storage-damaged']);

/** Of a write to the store: may it have happened all the same? */
export function mayHaveHappened(error: unknown): boolean {
  return isIpamError(error) && unanswered.has(error.code);
}
