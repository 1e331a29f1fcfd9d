import type { HistoryRequest } from '../api/generated/ipam/HistoryRequest.ts';
import { formatJson } from '../resources/json-text.ts';
import { entryData } from './history-data.ts';
import { tellMissing } from './partial.ts';
import type { Run, Session } from './run.ts';

/** As many as one answer has. */
const part = 5_000;

/**
 * All entries as lines of JSON, record by record in the order in which they were written, part by part: however much there is, it is
 * neither held here nor by a daemon.
 */
export async function exportHistory(run: Run, { client, output }: Session, asked: HistoryRequest): Promise<void> {
  const { records, unanswered } = await client.call('GetHistory', { ...asked, limit: 1 });
  tellMissing(run, unanswered);
  for (const { node_id: node, begun_ms: begun } of records) {
    let after = '0';
    for (;;) {
      const request = { record_of: node, record_begun_ms: begun, in_parts: true, after_sequence: after, limit: part };
      const answer = await client.call('GetHistory', { ...asked, ...request });
      const [record] = answer.records;
      tellMissing(run, answer.unanswered);
      for (const entry of record?.entries ?? [])
        output.print(`${formatJson({ record_of: node, ...entryData(entry) })}\n`);
      const last = record?.entries.at(-1);
      if (last === undefined || (record?.left_out ?? 0) === 0) break;
      after = last.sequence;
    }
  }
}
