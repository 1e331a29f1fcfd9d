import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, IpamError } from '../resources/errors.ts';

/** Each domain error as a gRPC status; the code itself travels in the trailer `ipam-error`. */
const statuses: Readonly<Record<ErrorCode, status>> = {
  'invalid-argument': status.INVALID_ARGUMENT,
  'invalid-config': status.INVALID_ARGUMENT,
  'unsupported-field': status.INVALID_ARGUMENT,
  'incompatible-version': status.INVALID_ARGUMENT,
  unsupported: status.UNIMPLEMENTED,
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  compacted: status.OUT_OF_RANGE,
  'address-taken': status.ALREADY_EXISTS,
  'address-conflict': status.UNAVAILABLE,
  'gateway-unreachable': status.UNAVAILABLE,
  'address-not-allowed': status.FAILED_PRECONDITION,
  'pool-exhausted': status.RESOURCE_EXHAUSTED,
  'quota-exceeded': status.RESOURCE_EXHAUSTED,
  'in-use': status.FAILED_PRECONDITION,
  'permission-denied': status.PERMISSION_DENIED,
  'rate-limited': status.RESOURCE_EXHAUSTED,
  'too-slow': status.DEADLINE_EXCEEDED,
  'quorum-at-risk': status.FAILED_PRECONDITION,
  'wrong-cluster': status.FAILED_PRECONDITION,
  'not-ready': status.UNAVAILABLE,
  'store-unavailable': status.UNAVAILABLE,
  'storage-full': status.RESOURCE_EXHAUSTED,
  'storage-damaged': status.DATA_LOSS,
};

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(statuses, text);
}

/** What gRPC clients with a retry policy look at (gRFC A6). */
export const pushbackTrailer = 'grpc-retry-pushback-ms';
export const errorTrailer = 'ipam-error';
export const adviceTrailer = 'ipam-advice-bin';
export const factsTrailer = 'ipam-facts-bin';

/** Trailers are headers, and a peer that gets more than some 8 KiB of them ends the whole connection. */
const detailsLimit = 2_000;
const adviceLimit = 1_000;
const factsLimit = 2_000;

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof IpamError) return { code: error.code, message: error.message, advice: error.advice };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), advice: '' };
}

export function serviceError(error: unknown): Partial<ServiceError> {
  return serviceStatus(error);
}

/** The same as the end of a call. */
export function serviceStatus(error: unknown): { code: status; details: string; metadata: Metadata } {
  const { code, message, advice } = problemOf(error);
  const details = cut(message, detailsLimit);
  const metadata = new Metadata();
  metadata.set(errorTrailer, code);
  if (advice !== '') metadata.set(adviceTrailer, Buffer.from(cut(advice, adviceLimit)));
  if (!(error instanceof IpamError)) return { code: status.INTERNAL, details, metadata };
  const { retryAfterMs } = error.facts;
  if (typeof retryAfterMs === 'number') metadata.set(pushbackTrailer, String(retryAfterMs));
  const facts = JSON.stringify(error.facts);
  metadata.set(factsTrailer, Buffer.from(facts.length > factsLimit ? '{"truncated":true}' : facts));
  return { code: statuses[error.code], details, metadata };
}
