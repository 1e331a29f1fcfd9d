import { IpamError, isIpamError } from '../resources/errors.ts';
import { type Connectivity, outageAdvice } from './connectivity.ts';
import { aroundRequests, isWrite, type StoreDecorator } from './wrap.ts';

/**
 * Notes whether a store answers, and has its errors say since when it does not. Writes wait for whoever writes to know
 * what the store has: one who goes by what it saw last would lease over the blocks of others, and delete pools in use.
 * @param requireCurrent throws when nothing may be written yet
 */
export function connected(connectivity: Connectivity, requireCurrent: () => void): StoreDecorator {
  const requests = aroundRequests(async (request, make) => {
    if (isWrite(request)) requireCurrent();
    try {
      const value = await make();
      connectivity.heard();
      return value;
    } catch (error) {
      throw noted(error, connectivity);
    }
  });
  return (inner) => ({
    ...requests(inner),
    async *watch(kind, fromVersion, signal) {
      try {
        for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
          connectivity.heard();
          yield event;
        }
      } catch (error) {
        throw noted(error, connectivity);
      }
    },
  });
}

function noted(error: unknown, connectivity: Connectivity): unknown {
  if (!isIpamError(error)) return error;
  if (error.code !== 'store-unavailable') {
    connectivity.heard();
    return error;
  }
  connectivity.lost();
  return new IpamError(error.code, `${connectivity.outage}: ${error.message}`, {
    advice: outageAdvice,
    facts: { ...error.facts, unreachableSince: connectivity.unreachableSince },
    cause: error,
  });
}
