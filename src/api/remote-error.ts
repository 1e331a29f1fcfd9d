import { type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorFacts, IpamError } from '../resources/errors.ts';
import { adviceTrailer, errorTrailer, factsTrailer, isErrorCode } from './status.ts';

/** How grpc-js begins the text of a call that found no connection. */
const neverSent = 'No connection established';

/**
 * What a server said, as if it had been said here. When none said anything: `not-ready` if the call surely did not reach
 * it, else `store-unavailable`.
 */
export function remoteError(error: ServiceError, address: string): IpamError {
  const text = (name: string): string => String(error.metadata?.get(name)[0] ?? '');
  const code = text(errorTrailer);
  if (isErrorCode(code)) {
    return new IpamError(code, error.details, {
      advice: text(adviceTrailer),
      facts: factsOf(text(factsTrailer)),
      cause: error,
    });
  }
  const unsent = error.code === status.UNAVAILABLE && error.details.startsWith(neverSent);
  // Its last part says why; the rest is advice to programmers.
  const reason = error.details.replace(/^.*Last error: (?:Error: )?/, '').replace(/ Resolution note:.*$/, '');
  return new IpamError(unsent ? 'not-ready' : 'store-unavailable', `${address}: ${reason}`, { cause: error });
}

function factsOf(text: string): ErrorFacts {
  if (text === '') return {};
  const facts: unknown = JSON.parse(text);
  return typeof facts === 'object' && facts !== null ? (facts as ErrorFacts) : {};
}
