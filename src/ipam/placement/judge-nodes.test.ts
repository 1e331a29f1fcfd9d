import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../ip/address.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { Claim } from '../../resources/claim.ts';
import { newClaim } from '../../resources/claim.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Identity } from '../bind/identity.ts';
import { exactly } from '../requested-address.ts';
import type { NodeFacts } from './alike.ts';
import { type Judging, judgeNodes, type Placing } from './judge-nodes.ts';

const pool = (name: string, spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec: { default: true, ...spec } });

const rackA = pool('rack-a', { subnet: '10.1.0.0/28', ips: ['10.1.0.1-10.1.0.6'], topologyAffinity: { tor: ['a'] } });
const rackB = pool('rack-b', { subnet: '10.2.0.0/28', ips: ['10.2.0.1-10.2.0.6'], topologyAffinity: { tor: ['b'] } });

const node = (name: string, tor?: string, more: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  labels: {},
  places: tor === undefined ? {} : { tor },
  isUp: true,
  ...more,
});
const nodes = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];

const pod = { namespace: 'shop', name: 'web-0', uid: 'u' };
const nothing = { labels: {}, annotations: {} };
const placing = (more: Partial<Placing> = {}): Placing => ({
  source: { kind: 'default' },
  families: [],
  requested: [],
  consumer: { ifname: 'eth0', pod },
  facts: { pod: nothing, namespace: nothing },
  pod,
  asker: undefined,
  kept: [],
  ...more,
});

const identity: Identity = {
  owner: { kind: 'StatefulSet', name: 'web' },
  namespace: 'shop',
  podName: 'web-0',
  ifname: 'eth0',
};
const asker = { attachment: { network: '', containerId: '', ifname: 'eth0' }, pod, identity };
const parked = (address: string, poolName: string): Claim =>
  newClaim({
    ...{ address, pool: poolName, node: 'a1', daemon: 'a1', network: 'net', containerId: 'c', ifname: 'eth0' },
    ...{ podNamespace: 'shop', podName: 'web-0', ownerKind: 'StatefulSet', ownerName: 'web' },
    parkedAt: '2026-01-01T00:00:00Z',
  });

/** @param free by pool, or by pool and node */
function judging(pools: readonly Pool[], free: Readonly<Record<string, number>>, all = nodes): Judging {
  return {
    pools,
    facts: {
      roomIn: ({ name }, at) => {
        const left = BigInt(free[`${name} ${at}`] ?? free[name] ?? 0);
        return { free: left, used: 6n - left, total: 6n, reason: 'every address is taken' };
      },
      offers: ({ usable }, _claim, address) => containsAddress(usable, address),
      claimOf: (_pool, address) => (formatAddress(address) === '10.1.0.5' ? parked('10.1.0.5', 'rack-a') : undefined),
      reservationOf: () => undefined,
    },
    allNodes: () => all,
  };
}

/** `a1: 6`, or why not. */
function told(judged: ReturnType<typeof judgeNodes>): Readonly<Record<string, string>> | undefined {
  if (judged === undefined) return undefined;
  return Object.fromEntries([...judged].map(([name, fit]) => [name, fit.fits ? String(fit.free) : fit.reason]));
}

const taken = 'no IPv4 address left: "rack-b" has 6 of 6 in use: every address is taken';
const elsewhere = 'its address 10.1.0.5 is kept for it, and no pool of the node offers that';

describe('the nodes on which a Pod would find an address', () => {
  it('are those whose pools have some left, and each knows how many', () => {
    const answer = told(judgeNodes(placing(), nodes, judging([rackA, rackB], { 'rack-a': 4, 'rack-b': 1 })));
    expect(answer).toEqual({ a1: '4', a2: '4', b1: '1' });
  });

  it('are not those of a rack that is full, for a reason that is the same for all of them', () => {
    const full = judging([rackA, rackB], { 'rack-a': 4 });
    expect(told(judgeNodes(placing(), [...nodes, node('b2', 'b')], full))).toEqual({
      a1: '4',
      a2: '4',
      b1: taken,
      b2: taken,
    });
  });

  it('are not those for which no pool is', () => {
    expect(told(judgeNodes(placing(), [node('c1', 'c')], judging([rackA], { 'rack-a': 4 })))).toEqual({
      c1: 'no pool to allocate from: "rack-a" is for nodes in TOR "a", and the node is in TOR "c"',
    });
  });

  it('may be one whose rack its daemon alone knows', () => {
    expect(told(judgeNodes(placing(), [node('x')], judging([rackA], { 'rack-a': 4 })))).toEqual({ x: '0' });
  });

  it('are told apart by names and labels that pools ask for', () => {
    const ssd = pool('ssd', {
      subnet: '10.3.0.0/28',
      ips: ['10.3.0.1'],
      nodeAffinity: { matchLabels: { disk: 'ssd' } },
    });
    const mine = pool('mine', { subnet: '10.4.0.0/28', ips: ['10.4.0.1'], nodeName: ['n3'] });
    const labelled = [node('n1', 'a', { labels: { disk: 'ssd' } }), node('n2', 'a'), node('n3', 'a')];
    const answer = told(judgeNodes(placing(), labelled, judging([mine, ssd], { ssd: 2, mine: 3 })));
    expect(answer).toMatchObject({ n1: '2', n3: '3' });
    expect(answer?.n2).toContain('"ssd" is for nodes labelled disk=ssd, and the node has no disk');
  });

  it('have what they leased for themselves', () => {
    const routed = pool('routed', { subnet: '10.5.0.0/24', blockSize: 28 });
    const answer = told(judgeNodes(placing(), nodes, judging([routed], { 'routed a1': 9, 'routed b1': 3 })));
    expect(answer).toMatchObject({ a1: '9', b1: '3' });
    expect(answer?.a2).toContain('no IPv4 address left: "routed"');
  });

  it('need one of each IP family', () => {
    const six = pool('six', { subnet: 'fd00::/112', topologyAffinity: { tor: ['a', 'b'] } });
    const answer = told(judgeNodes(placing(), nodes, judging([rackA, rackB, six], { 'rack-a': 4, six: 100 })));
    expect(answer).toEqual({ a1: '4', a2: '4', b1: taken });
  });

  it('are all as good as any where what is asked for is wrong', () => {
    const wrong = placing({ source: { kind: 'sets', sets: [['rack-a', 'six']] } });
    const six = pool('six', { subnet: 'fd00::/112' });
    expect(judgeNodes(wrong, nodes, judging([rackA, six], {}))).toBeUndefined();
  });
});

describe('a Pod for which an address is kept', () => {
  const kept = placing({ asker, kept: [parked('10.1.0.5', 'rack-a')] });

  it('goes where that can go, be every other address taken there', () => {
    expect(told(judgeNodes(kept, nodes, judging([rackA, rackB], { 'rack-b': 4 })))).toEqual({
      a1: '0',
      a2: '0',
      b1: elsewhere,
    });
  });

  it('waits for a node there that is up, and was not asked about', () => {
    const [, , b1] = nodes;
    const answer = judgeNodes(kept, b1 === undefined ? [] : [b1], judging([rackA, rackB], { 'rack-b': 4 }));
    expect(told(answer)).toEqual({ b1: elsewhere });
  });

  it('goes elsewhere, and gets another, where no such node is up', () => {
    const down = nodes.map((one) => (one.places.tor === 'a' ? { ...one, isUp: false } : one));
    const answer = judgeNodes(kept, down.slice(2), judging([rackA, rackB], { 'rack-b': 4 }, down));
    expect(told(answer)).toEqual({ b1: '4' });
  });

  it('goes where the address is that it asks for, unless another has that', () => {
    const asked = (address: string, who?: Placing['asker']) =>
      placing({
        source: { kind: 'preferred', preference: { origin: 'annotation', names: { 4: ['rack-*'], 6: [] } } },
        requested: [exactly(parseAddress(address))],
        asker: who,
      });
    const free = judging([rackA, rackB], { 'rack-a': 1, 'rack-b': 1 });
    const mine = told(judgeNodes(asked('10.2.0.3'), nodes, free));
    expect(mine?.b1).toBe('1');
    expect(mine?.a1).toContain('10.2.0.3');
    const others = told(judgeNodes({ ...asked('10.1.0.5'), pod: { ...pod, name: 'db-0' } }, nodes, free));
    expect(others?.a1).toContain('10.1.0.5');
    expect(others?.a1).not.toBe('1');
  });
});
