import { type ErrorCode, IpamError, isIpamError } from '../../resources/errors.ts';
import { describeTarget, type Target } from './api-path.ts';

/** `Status` of the API conventions: what an API server answers instead of an object. */
export interface ApiStatus {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** The domain's code for each answer; all others are `store-unavailable`. */
const codes: Readonly<Record<string, ErrorCode>> = {
  '400': 'invalid-config',
  '401': 'permission-denied',
  '403': 'permission-denied',
  '404': 'not-found',
  '409 AlreadyExists': 'already-exists',
  '409': 'conflict',
  '410': 'compacted',
  '413': 'invalid-config',
  '422': 'invalid-config',
  // It is there, and sheds load: not an outage.
  '429': 'rate-limited',
};

/** @returns undefined when the body is none: a proxy answered, or a path that is not served */
export function parseStatus(text: string): ApiStatus | undefined {
  try {
    const value = JSON.parse(text) as ApiStatus | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An answer that is not the one asked for, in the domain's terms. */
export function apiError(verb: string, target: Target, code: number, status: ApiStatus | undefined): IpamError {
  const what = `${verb} ${describeTarget(target)}`;
  const facts = { verb, ...target, status: code, reason: status?.reason ?? '' };
  const said = status?.message ?? `the API server answered ${code}`;
  if (code === 404 && status?.reason !== 'NotFound') {
    return new IpamError('store-unavailable', `${what}: the API server does not know ${target.resource}`, {
      advice: 'install the definitions: kubectl apply -f deploy/crds',
      facts,
    });
  }
  const ours = codes[`${code} ${status?.reason}`] ?? codes[code] ?? 'store-unavailable';
  return new IpamError(ours, `${what}: ${said}`, { advice: advice(verb, target, code, said), facts });
}

/** Of a `get` or `list`: does the API server have no such kind, or not in this version? */
export function isNotServed(error: unknown): boolean {
  return isIpamError(error) && error.facts.status === 404;
}

function advice(verb: string, target: Target, code: number, said: string): string {
  if (code === 401) return 'the token or certificate is not, or no longer, one that the API server accepts';
  if (code === 403 && said.includes(' cannot ')) {
    const group = target.group === '' ? '' : ` of group ${target.group}`;
    return `the role of this service account lacks verb "${verb}" on "${target.resource}"${group}; see deploy/rbac`;
  }
  if (code === 429) return 'the API server sheds load: try again';
  if (code === 409) return 'read it again and repeat the change';
  return code === 410 ? 'list again' : '';
}
