import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutations } from '../test/mutation/mutations.ts';
import { readRecord } from '../test/mutation/record.ts';
import { faultPage, withFaults } from './fault-table.ts';

describe('the table of planted faults', () => {
  it('is that of the record (else: make generate)', () => {
    const text = readFileSync(join(import.meta.dirname, '..', faultPage), 'utf8');
    expect(text).toBe(withFaults(text, mutations, readRecord()));
  });

  it('says of a fault in which worlds it is looked for, and whether it is on record', () => {
    const fault = { name: 'it lies', emphasis: 'conflicts', claims: 'own', edits: [] } as const;
    const place = '<!-- planted faults: make generate -->\n<!-- end of planted faults -->';
    expect(withFaults(place, [fault], {})).toContain('| it lies | `conflicts`, own claims |  |  | on no record |');
    const found = { 'it lies': { seed: 1, world: 3, operations: 1_234, as: 'invariant 4' } };
    expect(withFaults(place, [fault], found)).toContain('| 3 | 1,234 | invariant 4 |');
  });

  it('needs its place', () => {
    expect(() => withFaults('# Nothing', [], {})).toThrow(/no place/);
  });
});
