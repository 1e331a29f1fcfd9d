import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import { IpamError } from '../../resources/errors.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { exactly } from '../requested-address.ts';
import { type SelectRequest, selectPools } from './select.ts';

const pool = (name: string, spec: object) =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });

const pools = [
  pool('a4', { subnet: '10.1.0.0/16', default: true }),
  pool('b4', { subnet: '10.2.0.0/16', default: true, blockSize: 24 }),
  pool('c6', { subnet: 'fd00::/64', default: true }),
  pool('off', { subnet: '10.3.0.0/16', default: true, disable: true }),
  pool('other', { subnet: '10.4.0.0/16' }),
];

const consumer = { node: 'node1', ifname: 'eth0' };

function choose(request: Partial<SelectRequest>) {
  const wants = selectPools({ source: { kind: 'default' }, families: [], requested: [], consumer, ...request }, pools);
  return wants.map(({ family, candidates, rejected }) => ({
    family,
    pools: candidates.map(({ name }) => name),
    rejected: rejected.map(({ pool: name, reason }) => `${name} ${reason()}`),
  }));
}

function refusal(request: Partial<SelectRequest>): string {
  try {
    choose(request);
    return '';
  } catch (error) {
    if (error instanceof IpamError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('choosing pools', () => {
  it('takes the default pools of each family by name, and says why the others are not taken', () => {
    expect(choose({})).toEqual([
      { family: 4, pools: ['a4', 'b4'], rejected: ['other is not a default pool', 'off is disabled'] },
      { family: 6, pools: ['c6'], rejected: ['other is not a default pool'] },
    ]);
  });

  it('takes one family when one is asked for', () => {
    expect(choose({ families: [6] }).map(({ pools: names }) => names)).toEqual([['c6']]);
  });

  it('keeps the order of named pools', () => {
    expect(choose({ source: { kind: 'named', pools: ['other', 'a4'] } })).toEqual([
      { family: 4, pools: ['other', 'a4'], rejected: [] },
    ]);
  });

  it('finds pools by their subnet and block size', () => {
    const subnets = [parsePrefix('10.2.0.0/16')];
    expect(choose({ source: { kind: 'subnet', subnets } })[0]?.pools).toEqual(['b4']);
    expect(refusal({ source: { kind: 'subnet', subnets, blockSize: 25 } })).toMatch(
      /^not-found: .*"b4" leases \/24 blocks, not \/25/,
    );
  });

  it('gives one address for each set, and each requested address to the set that holds it', () => {
    const sets = [['a4'], ['other'], ['c6']];
    const wants = selectPools(
      { source: { kind: 'sets', sets }, families: [], requested: [exactly(parseAddress('10.4.0.9'))], consumer },
      pools,
    );
    expect(wants.map(({ requested }) => requested?.ranges)).toEqual([
      undefined,
      exactly(parseAddress('10.4.0.9')).ranges,
      undefined,
    ]);
  });

  it.each([
    ['a pool that is not there', { source: { kind: 'named', pools: ['nope'] } }, /^not-found: no pool is named "nope"/],
    [
      'only disabled pools',
      { source: { kind: 'named', pools: ['off'] } },
      /^not-found: no IPv4 pool to allocate from: "off" is disabled/,
    ],
    [
      'a family that no chosen pool has',
      { source: { kind: 'named', pools: ['a4'] }, families: [6] },
      /^not-found: no IPv6 pool .*"a4" is an IPv4 pool/,
    ],
    [
      'an address in no pool',
      { requested: [exactly(parseAddress('192.0.2.1'))] },
      /^address-not-allowed: .*192\.0\.2\.1 is in none of the pools/,
    ],
    [
      'two addresses for one interface',
      { requested: [exactly(parseAddress('10.1.0.5')), exactly(parseAddress('10.1.0.6'))] },
      /^invalid-argument: .*10\.1\.0\.6 is one too many/,
    ],
  ] as const)('refuses %s', (_what, request, says) => {
    expect(refusal(request as Partial<SelectRequest>)).toMatch(says);
  });
});
