import { type ErrorCode, IpamError } from '../../resources/errors.ts';
import type { DenialStatus } from './admission-review.ts';

/**
 * HTTP status and reason of the API conventions for each code; a denial by any other is the webhook's own fault. Rules say
 * 400: kubectl shows nothing of a message with 422, clients take 409 for a write that was overtaken and repeat it, and
 * 403 for a missing role.
 */
const statuses: Readonly<Partial<Record<ErrorCode, readonly [number, string]>>> = {
  'invalid-argument': [400, 'BadRequest'],
  'invalid-config': [400, 'BadRequest'],
  'unsupported-field': [400, 'BadRequest'],
  unsupported: [400, 'BadRequest'],
  'in-use': [400, 'BadRequest'],
  'address-taken': [400, 'BadRequest'],
  'address-not-allowed': [400, 'BadRequest'],
  'permission-denied': [503, 'ServiceUnavailable'],
  conflict: [503, 'ServiceUnavailable'],
  'not-ready': [503, 'ServiceUnavailable'],
  'store-unavailable': [503, 'ServiceUnavailable'],
};

const ownFault = [500, 'InternalError'] as const;

/** A refusal in the API's terms: `<what is wrong>; <what to do>`. */
export function denial(error: unknown): DenialStatus {
  if (!(error instanceof IpamError)) {
    const [code, reason] = ownFault;
    return { code, reason, message: 'the webhook failed to judge the write; see the log of ipam-controller' };
  }
  const [code, reason] = statuses[error.code] ?? ownFault;
  return { code, reason, message: [error.message, error.advice].filter((text) => text !== '').join('; ') };
}

/** Is it a rule that says no, and not the webhook that cannot tell? */
export function isRuleDenial({ code }: DenialStatus): boolean {
  return code === 400;
}
