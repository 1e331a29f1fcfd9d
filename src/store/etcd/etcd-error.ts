import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, IpamError } from '../../resources/errors.ts';

/** How one attempt of a call ended, other than well. */
export interface Failure {
  readonly error: IpamError;
  /** Surely nothing was carried out, and another attempt, at another member or in a moment, may go better. */
  readonly isSafe: boolean;
  /** Another attempt may go better, but this one may have been carried out, or may yet be. */
  readonly isAmbiguous: boolean;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly advice?: string;
}

const tooLarge: Meaning = {
  code: 'invalid-argument',
  advice: 'etcd takes requests of up to 1.5 MiB (--max-request-bytes)',
};

const notAllowed: Meaning = {
  code: 'permission-denied',
  advice: "etcd's role for this certificate must allow reading and writing under the prefix",
};

/** What etcd says, by a part of its message; the first that fits. */
const byText: readonly (readonly [text: string, meaning: Meaning])[] = [
  [
    'database space exceeded',
    {
      code: 'storage-full',
      advice:
        'etcd has reached its quota: compact, defragment and disarm the alarm (etcdctl alarm disarm), or raise --quota-backend-bytes; see docs/etcd.md',
    },
  ],
  ['request is too large', tooLarge],
  ['message larger than max', tooLarge],
  ['has been compacted', { code: 'compacted', advice: 'list again' }],
  ['is a future revision', { code: 'compacted', advice: 'this is another history: list again' }],
  // A watch is refused in the text of an answer.
  ['etcdserver: permission denied', notAllowed],
  ['invalid auth token', { code: 'permission-denied' }],
  ['authentication failed', { code: 'permission-denied' }],
  [
    'user name is empty',
    { code: 'permission-denied', advice: 'etcd asks for a client certificate: store.etcd.certFile' },
  ],
];

const byStatus: Readonly<Partial<Record<status, Meaning>>> = {
  [status.INVALID_ARGUMENT]: { code: 'invalid-argument' },
  [status.NOT_FOUND]: { code: 'not-found' },
  [status.FAILED_PRECONDITION]: { code: 'conflict' },
  [status.PERMISSION_DENIED]: notAllowed,
  [status.UNAUTHENTICATED]: { code: 'permission-denied' },
  [status.UNIMPLEMENTED]: { code: 'unsupported', advice: 'etcd 3.4 or later is needed' },
  [status.DATA_LOSS]: { code: 'storage-damaged' },
};

const passing = new Set<status>([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
  status.UNKNOWN,
  status.RESOURCE_EXHAUSTED,
]);

/** Said before anything is done. */
const refusals = [
  'No connection established',
  'Name resolution failed',
  'Waiting for LB pick',
  'Channel closed before call started',
  'etcdserver: no leader',
  'etcdserver: not capable',
  'etcdserver: unhealthy cluster',
  'etcdserver: too many requests',
  'not supported for learner',
];

/** A failed call in the domain's terms. @param what `txn at host:port` */
export function failureOf(what: string, { code, details }: Pick<ServiceError, 'code' | 'details'>): Failure {
  const meaning = byText.find(([text]) => details.includes(text))?.[1] ?? byStatus[code];
  if (meaning !== undefined || !passing.has(code)) {
    const { code: ours, advice = '' } = meaning ?? { code: 'store-unavailable' as const };
    return { error: new IpamError(ours, `etcd: ${what}: ${details}`, { advice }), isSafe: false, isAmbiguous: false };
  }
  const isSafe = refusals.some((text) => details.includes(text));
  return { error: new IpamError('store-unavailable', `etcd: ${what}: ${details}`), isSafe, isAmbiguous: !isSafe };
}
