import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../resources/resource.ts';
import { movedKinds } from './holdings.ts';
import { planMigration } from './plan.ts';

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(undefined, null, [], {}, '', '10.1.0.5', '10.1.0.0/24', ['10.1.0.1-10.1.0.9'], true, 24),
);
const spec = fc.oneof(
  odd,
  fc.dictionary(
    fc.constantFrom('subnet', 'ips', 'excludeIPs', 'gateway', 'address', 'cidr', 'pool', 'node', 'daemon', 'disable'),
    odd,
  ),
);
const metadata = fc.record(
  {
    name: fc.constantFrom('a', 'b', '10.1.0.5', '10.1.0.0-24'),
    labels: fc.constantFrom<object>({}, { 'berth.network/cni-network': 'net' }),
    annotations: fc.constantFrom<object>(
      {},
      { 'berth.network/migration': 'm1' },
      { 'migration.berth.network/m1': 'copying absent' },
      { 'migration.berth.network/m2': 'moved true' },
      { 'migration.berth.network/m1': 'nonsense' },
    ),
    deletionTimestamp: fc.constantFrom('2026-01-01T00:00:00Z'),
  },
  { requiredKeys: ['name'] },
);
const object = fc.record({ apiVersion: fc.constant('v1'), kind: fc.constantFrom(...movedKinds), metadata, spec });

describe('the plan of a migration', () => {
  it('is made whatever stands in the objects of source and target', () => {
    const objects = fc.array(object, { maxLength: 6 }) as fc.Arbitrary<Resource[]>;
    fc.assert(
      fc.property(objects, objects, (source, target) => {
        const unique = [...new Map(target.map((one) => [`${one.kind}/${one.metadata.name}`, one])).values()];
        const { steps, conflicts } = planMigration(source, unique, 'm1');
        const created = steps.filter(({ action }) => action === 'create').map(({ resource }) => resource);
        // Nothing that no daemon could use is written without a word.
        for (const resource of created) {
          const named = conflicts.some(({ subject }) => subject === `${resource.kind} "${resource.metadata.name}"`);
          const isHeld = resource.kind === 'IPClaim' || resource.kind === 'IPBlock';
          expect(isHeld && !named ? typeof resource.spec : 'object').toBe('object');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
