import { unaryOnceOpened } from './calls.ts';
import { forecastMessage, forecastSubjectOf } from './forecast-messages.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import { unansweredMessage } from './messages.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** When what runs out: of the whole cluster, or as far as the daemon that is asked knows. */
export function forecastCalls({ ipam, administration }: IpamServiceParts): Pick<IPAMHandlers, 'GetForecast'> {
  const served = unaryOnceOpened(ipam);
  return {
    GetForecast: served(async (request) => {
      const subject = forecastSubjectOf(request);
      const { value, unanswered } = request.local
        ? { value: administration.forecast(subject), unanswered: [] }
        : await administration.cluster.forecast(subject);
      return { forecasts: value.map(forecastMessage), unanswered: unanswered.map(unansweredMessage) };
    }),
  };
}
