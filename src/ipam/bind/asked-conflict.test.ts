import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parseRange } from '../../ip/range.ts';
import { type ClaimSpec, newClaim } from '../../resources/claim.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Reservation } from '../claim/refused-address.ts';
import { type AskedFacts, conflictOf } from './asked-conflict.ts';

const pool = (name: string, spec: object) =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });
const blue = pool('blue', { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.19'], gateway: '10.6.0.1' });
const wide = pool('wide', { subnet: '10.6.0.0/24', ips: ['10.6.0.30'] });
const blocks = pool('blocks', { subnet: '10.9.0.0/16', blockSize: 24 });
const web = { owner: { kind: 'Deployment', name: 'web' }, namespace: 'shop', podName: 'web-5d8f-x', ifname: 'eth0' };

const claims: Readonly<Record<string, Partial<ClaimSpec>>> = {
  '10.6.0.10': { podName: 'db-0', ownerKind: 'StatefulSet', ownerName: 'db' },
  '10.6.0.11': { podName: 'web-5d8f-a', ownerKind: 'Deployment', ownerName: 'web' },
  '10.6.0.12': { podName: 'api-1', ownerKind: 'Deployment', ownerName: 'api', parkedAt: '2026-11-30T00:00:00Z' },
  '10.6.0.13': { podName: 'web-5d8f-x' },
};
const reservations: Readonly<Record<string, Reservation>> = {
  '10.6.0.14': { name: 'printers', quarantine: undefined },
  '10.6.0.15': { name: 'q', quarantine: { reason: 'a printer answers', until: undefined } },
};

const facts: AskedFacts = {
  pod: { namespace: 'shop', name: 'web-5d8f-x' },
  asker: web,
  pools: [blue, blocks],
  claimOf: (_pool, address) => {
    const text = Object.keys(claims).find((one) => parseAddress(one).value === address.value);
    const common = { pool: 'blue', node: 'n1', daemon: 'n1', network: 'net', containerId: 'c', ifname: 'eth0' };
    return text === undefined
      ? undefined
      : newClaim({ address: text, podNamespace: 'shop', ...common, ...claims[text] });
  },
  reservationOf: (address) =>
    Object.entries(reservations).find(([text]) => parseAddress(text).value === address.value)?.[1],
};
const saysOf = (texts: readonly string[], more: Partial<AskedFacts> = {}) => {
  const origin = 'annotation kube-ipam.ip of Pod "shop/web-5d8f-x"';
  const asked = { family: 4, ranges: texts.map(parseRange), origin } as const;
  return conflictOf(asked, { ...facts, ...more })?.message;
};

describe('what a Pod asks for', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['is free', ['10.6.0.19'], undefined],
    ['is in no pool that there is', ['10.77.0.1'], undefined],
    ['is of a block, which its node knows', ['10.9.0.9'], undefined],
    ["is a sibling's, which may end in a moment", ['10.6.0.11'], undefined],
    ['is that of a former Pod of its name', ['10.6.0.13'], undefined],
    ['is a list with something free in it', ['10.6.0.10', '10.6.0.19'], undefined],
    ["is another's", ['10.6.0.10'], 'address 10.6.0.10 is held by Pod shop/db-0 of StatefulSet shop/db on node "n1"'],
    [
      'is kept for another',
      ['10.6.0.12'],
      'address 10.6.0.12 is kept for Pods of Deployment shop/api (eth0), which come again',
    ],
    [
      'is reserved',
      ['10.6.0.14'],
      'address 10.6.0.14 of pool "blue" is never given out: it is reserved by SpiderReservedIP "printers"',
    ],
    ['is in quarantine', ['10.6.0.15'], 'address 10.6.0.15 of pool "blue" is in quarantine: a printer answers'],
    ['is the gateway', ['10.6.0.1'], 'address 10.6.0.1 of pool "blue" is never given out: it is its gateway'],
    [
      'is in a subnet, and in none of its ranges',
      ['10.6.0.40'],
      'address 10.6.0.40 of pool "blue" is never given out: it is in none of its ranges (spec.ips)',
    ],
    [
      'is a list of which nothing is to be had',
      ['10.6.0.14', '10.6.0.10'],
      'no IPv4 address is left of 10.6.0.14, 10.6.0.10',
    ],
  ])('%s', (_, texts, says) => {
    const said = saysOf(texts);
    if (says === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(says);
  });

  it('names where it is asked for', () =>
    expect(saysOf(['10.6.0.10'])).toContain('(annotation kube-ipam.ip of Pod "shop/web-5d8f-x")'));

  it('may be given by another pool of the subnet', () =>
    expect([saysOf(['10.6.0.30']) === undefined, saysOf(['10.6.0.30'], { pools: [blue, wide] })]).toEqual([
      false,
      undefined,
    ]));
});
