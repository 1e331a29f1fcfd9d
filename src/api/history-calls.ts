import { latestOf } from '../ipam/history/latest.ts';
import { unaryOnceOpened } from './calls.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import { questionOf, recordMessage } from './history-messages.ts';
import { unansweredMessage } from './messages.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** What was: of all daemons, or of the one that is asked. */
export function historyCalls({ ipam, administration }: IpamServiceParts): Pick<IPAMHandlers, 'GetHistory'> {
  const served = unaryOnceOpened(ipam);
  const { cluster } = administration;
  return {
    GetHistory: served(async (request) => {
      const question = questionOf(request);
      const { record_of: node, record_begun_ms } = request;
      const record = node === '' ? undefined : { node, begun: Number(record_begun_ms) || undefined };
      const { value, unanswered } = request.local
        ? { value: [await administration.history(question)], unanswered: [] }
        : await cluster.history(question, record);
      return {
        records: latestOf(value, question.limit).map(recordMessage),
        unanswered: unanswered.map(unansweredMessage),
      };
    }),
  };
}
