import type { ConnectionLimits } from '../../api/connection-limits.ts';
import { GuardedServer, type TlsPair, type TrustedCallers } from '../guarded-server.ts';
import { type AdmissionRequest, parseReview, reviewAnswer, type Verdict } from './admission-review.ts';

/** Both objects of an update: an API server takes requests of 3 MiB, and etcd none over 1.5 MiB. */
const bodyLimit = 4 * 1024 * 1024;
/** Waiting and review together are sooner than API servers give up. */
const underway = { inAll: 48, fromOne: 16, waitMs: 2_000 };

export interface AdmissionServerParts {
  readonly validate: (request: AdmissionRequest) => Promise<Verdict>;
  readonly mutate: (request: AdmissionRequest) => Promise<Verdict>;
  /** Absent: any number of connections. */
  readonly limits?: ConnectionLimits;
  /** Told where from somebody asked again before the answer. */
  readonly onPipelined?: (address: string) => void;
}

/** AdmissionReviews over HTTPS: `POST /validate` and `POST /mutate`. What is no review gets 400, and the write fails. */
export function admissionServer(
  { validate, mutate, ...guards }: AdmissionServerParts,
  pair: TlsPair,
  callers?: TrustedCallers,
): GuardedServer {
  const reviewed = (judge: (request: AdmissionRequest) => Promise<Verdict>) => async (body: unknown) => {
    const request = parseReview(body);
    return reviewAnswer(request.uid, await judge(request));
  };
  const routes = { '/validate': reviewed(validate), '/mutate': reviewed(mutate) };
  const of = callers === undefined ? {} : { callers };
  return new GuardedServer(
    { title: 'the webhook', caller: 'API server', routes, bodyLimit, underway, ...guards, ...of },
    pair,
  );
}
