import { reclaimRecord } from '../../resources/history.ts';
import { attachmentKey } from '../attachment.ts';
import type { NodeHistory } from './reading.ts';
import type { Tenure } from './tenures.ts';

export function isReclaimRecord({ node }: { readonly node: string }): boolean {
  return node === reclaimRecord;
}

/** Of whom another record tells, the record of what was taken back need not: it tells since when they had it by their claim only. */
export function withoutRepeated(records: readonly NodeHistory[]): readonly NodeHistory[] {
  const told = new Set(
    records.filter((record) => !isReclaimRecord(record)).flatMap(({ tenures }) => tenures.map(keyOf)),
  );
  return records.map((record) =>
    isReclaimRecord(record) ? { ...record, tenures: record.tenures.filter((one) => !told.has(keyOf(one))) } : record,
  );
}

function keyOf({ address, pool, attachment }: Tenure): string {
  return `${address} ${pool} ${attachmentKey(attachment)}`;
}
