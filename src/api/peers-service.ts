import { checkReportOf } from '../ipam/check-report.ts';
import type { Collecting, Explaining, Forecasting, Remembering } from '../ipam/cluster-port.ts';
import { findHere, ownBlocks } from '../ipam/own-answers.ts';
import type { Administration, Ipam } from '../ipam/port.ts';
import { unaryOnceOpened } from './calls.ts';
import { foundMessage, pageMessage, pageRequest, subjectOf } from './cluster-reads.ts';
import { explainMessage, explainSubjectOf } from './explain-messages.ts';
import { forecastMessage } from './forecast-messages.ts';
import { dueMessage } from './garbage-calls.ts';
import type { PeersHandlers } from './generated/ipam/Peers.ts';
import { questionOf, recordMessage } from './history-messages.ts';
import { blockMessage, checkMessage } from './messages.ts';

/** What this daemon knows by itself, for daemons that answer for all of them. */
export function peersService({
  ipam,
  administration,
}: {
  readonly ipam: Pick<Ipam, 'opened'>;
  readonly administration: Administration & Explaining & Collecting & Remembering & Forecasting;
}): PeersHandlers {
  const served = unaryOnceOpened(ipam);
  return {
    Blocks: served(async () => ({ blocks: (await ownBlocks(administration)).map(blockMessage) })),
    Allocations: served(async (request) => pageMessage(await administration.page(pageRequest(request)))),
    Lookup: served(async (request) => foundMessage(await findHere(administration, subjectOf(request)))),
    Explain: served(async (request) => explainMessage(await administration.explain(explainSubjectOf(request)))),
    GetHistory: served(async (request) => ({
      records: [recordMessage(await administration.history(questionOf(request)))],
      unanswered: [],
    })),
    GetForecast: served(async () => ({
      forecasts: administration.forecast({ kind: 'node', name: administration.node }).map(forecastMessage),
      unanswered: [],
    })),
    DryRunCollectGarbage: served(async () => dueMessage(administration.node, administration.due())),
    Check: served(async () => checkMessage(await checkReportOf(administration))),
  };
}
