import { allocationRecord, recordedAllocation } from '../../../src/daemon/journal/journal-record.ts';
import { refusedOr, requireSame } from '../expected.ts';
import type { Target } from '../target.ts';

/** A record of the journal whose checksum is right and whose text is anything. */
export const journalRecords: Target = {
  name: 'journal-records',
  dictionary: [
    ...['\x7f', '\x7f\x7f', '1', '2', '0', '-1', '-0', 'Infinity', 'NaN', '1e9', '999999999', '0.5', '0x10', ' ', '\0'],
    ...[
      'net',
      'c1',
      'eth0',
      'node1',
      '10.0.0.2',
      'fd00::2',
      '28',
      '10.0.0.0/28',
      '0.0.0.0/0',
      'cluster-ipv4',
      '\u0085',
    ],
  ],
  run: (input) => {
    const allocation = recordedAllocation(input.toString());
    if (allocation === undefined) return 'not a record';
    const again = refusedOr(() => allocationRecord(allocation));
    if ('refused' in again) return again.refused;
    requireSame('round trip of a record', allocation, recordedAllocation(again.made));
    return `${allocation.addresses.length} addresses, ${allocation.addresses[0]?.routes.length} routes`;
  },
};
