import { rejectionLines } from '../ipam/select/rejection.ts';
import { type ErrorCode, IpamError } from '../resources/errors.ts';
import type { CniAnswer } from './wire.ts';

/** CNI error codes (specification 1.1.0, section 5, "Error"); 100 and up are ours. */
const cniCodes: Readonly<Record<ErrorCode, number>> = {
  'incompatible-version': 1,
  'unsupported-field': 2,
  'invalid-argument': 7,
  'invalid-config': 7,
  'not-found': 7,
  unsupported: 7,
  'not-ready': 11,
  'store-unavailable': 11,
  'storage-full': 11,
  'storage-damaged': 11,
  compacted: 11,
  conflict: 11,
  'rate-limited': 11,
  'too-slow': 11,
  'pool-exhausted': 100,
  'address-conflict': 11,
  'gateway-unreachable': 11,
  'address-taken': 101,
  'address-not-allowed': 102,
  'already-exists': 103,
  'in-use': 104,
  'permission-denied': 105,
  'quota-exceeded': 107,
  'quorum-at-risk': 7,
  'wrong-cluster': 7,
};

const environmentInvalid = 4;
const undecodable = 6;
const internal = 199;

export interface CniError {
  readonly cniVersion: string;
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

/** The error object of any failure. `msg` says what is wrong, `details` every pool that was passed over, and what to do. */
export function cniError(error: unknown, cniVersion: string): CniError {
  if (!(error instanceof IpamError)) {
    return {
      cniVersion,
      code: internal,
      msg: error instanceof Error ? error.message : String(error),
      details: 'this is a bug of ipam-daemon; its log has more',
    };
  }
  const details = [...rejectionLines(error), ...(error.advice === '' ? [] : [error.advice])].join('\n');
  return { cniVersion, code: codeOf(error), msg: error.message, ...(details === '' ? {} : { details }) };
}

export function errorAnswer(error: unknown, cniVersion: string): CniAnswer {
  return { type: 'print', exit: 1, stdout: `${JSON.stringify(cniError(error, cniVersion), null, 4)}\n` };
}

/** Not JSON, or not an object. */
export function undecodableConfig(message: string): IpamError {
  return new IpamError('invalid-config', message, { facts: { source: 'encoding' } });
}

/** An argument comes from the environment (4) or the configuration (7); its source tells. */
function codeOf(error: IpamError): number {
  if (error.facts.source === 'environment') return environmentInvalid;
  if (error.facts.source === 'encoding') return undecodable;
  return typeof error.facts.cniCode === 'number' ? error.facts.cniCode : cniCodes[error.code];
}
