import { type ErrorCode, IpamError } from '../../resources/errors.ts';
import type { DenialStatus } from './admission-review.ts';

/**
 * HTTP status and reason of the API conventions for each code; a denial by any other is the webhook's own fault. What is
 * in use is no 409: clients take that for a write that was overtaken, and repeat it.
 */
const statuses: Readonly<Partial<Record<ErrorCode, readonly [number, string]>>> = {
  'invalid-argument': [422, 'Invalid'],
  'invalid-config': [422, 'Invalid'],
  'unsupported-field': [422, 'Invalid'],
  unsupported: [422, 'Invalid'],
  'in-use': [422, 'Invalid'],
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
  return code === 422;
}
