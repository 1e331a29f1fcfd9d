import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePool } from '../resources/pool.ts';
import { refusalsOf } from '../resources/refusal.ts';
import { poolForSubnet, poolsOfNetwork } from './network-pools.ts';

const subnet = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
  fc.constantFrom('255.255.255.255/32', '255.255.255.254/31', '0.0.0.0/0', 'fd00::/64', '::/0', 'ffff::/127', 'x', ''),
);
const odd = fc.oneof(fc.jsonValue(), subnet, fc.ipV4(), fc.ipV6());
const range = fc.dictionary(fc.constantFrom('subnet', 'rangeStart', 'rangeEnd', 'gateway', 'Subnet', 'other'), odd);
const ipam = fc.dictionary(
  fc.constantFrom('type', 'ranges', 'subnet', 'routes', 'pools', 'network_name', 'dataDir', 'RANGES'),
  fc.oneof(odd, fc.array(fc.array(range, { maxLength: 3 }), { maxLength: 2 })),
);

describe('the pools of a network', () => {
  it('are made, or a conflict that names the file, whatever its configuration says', () => {
    fc.assert(
      fc.property(
        ipam,
        fc.oneof(fc.constant('net'), fc.string()),
        fc.constantFrom('node1', undefined),
        (section, name, node) => {
          const network = { file: '10-net.conf', name, ipamType: 'host-local', config: { name, ipam: section } };
          const { pools, conflicts } = poolsOfNetwork(network, node);
          for (const { subject, reason } of conflicts) {
            expect(subject).toContain('10-net.conf');
            expect(reason.length).toBeLessThan(5_000);
          }
          for (const pool of pools) refusalsOf(() => parsePool(pool));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are made, or a conflict, of any subnet that --pool-for can name', () => {
    const prefixes = [
      '10.1.0.0/24',
      '255.255.255.255/32',
      '255.255.255.254/31',
      '0.0.0.0/0',
      '::/0',
      'fd00::/127',
      'fd00::1/128',
    ];
    for (const prefix of prefixes) {
      const { pools, conflicts } = poolForSubnet('net', 'node1', prefix);
      expect(pools.length + conflicts.length).toBe(1);
      for (const pool of pools) refusalsOf(() => parsePool(pool));
    }
  });
});
