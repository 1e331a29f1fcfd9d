import { describe, expect, it } from 'vitest';
import { type ClaimSpec, newClaim } from '../../resources/claim.ts';
import {
  isOnUnready,
  type NodeState,
  type UnreadyPolicy,
  type UnreadyWitness,
  whyReleasedOfUnready,
} from './unready-nodes.ts';

const minute = 60_000;
const now = 100 * minute;
const unready: NodeState = { isReady: false, since: 60 * minute, isOutOfService: false };
const off: UnreadyPolicy = {
  sandboxDeadlineMs: 5 * minute,
  isTerminatingEnough: false,
  terminatingDelayMs: minute,
  nodeNotReadyMs: undefined,
};

function claim(changes: Partial<ClaimSpec> = {}, createdAt = 0) {
  const of = {
    address: '10.0.0.7',
    pool: 'rack',
    node: 'n1',
    daemon: 'n1',
    network: 'net',
    containerId: 'c',
    ifname: 'eth0',
  };
  const { kind, apiVersion, metadata, spec } = newClaim({
    ...of,
    podNamespace: 'shop',
    podName: 'web-0',
    podUid: 'u1',
    ...changes,
  });
  const stored = { ...metadata, uid: 'x', resourceVersion: '1', creationTimestamp: new Date(createdAt).toISOString() };
  return { kind, apiVersion, spec, metadata: stored };
}

function pod(state: NonNullable<UnreadyWitness['pod']>['state'], uid = 'u1'): UnreadyWitness['pod'] {
  return { uid, annotations: {}, state };
}

const ended = { kind: 'terminating', endsAt: 98 * minute } as const;
const stateful = { ownerKind: 'StatefulSet', ownerName: 'web' };

describe('an address on a node that is not ready', () => {
  it.each<[string, Partial<UnreadyPolicy>, Partial<UnreadyWitness>, Partial<ClaimSpec>, string | undefined]>([
    ['stays, whatever became of its Pod, unless an operator says otherwise', {}, {}, {}, undefined],
    ['stays while its Pod is there', { nodeNotReadyMs: 1 }, { pod: pod({ kind: 'lives' }) }, {}, undefined],
    [
      'comes back when its node has not been ready for so long',
      { nodeNotReadyMs: 40 * minute },
      {},
      {},
      'node-not-ready',
    ],
    ['stays a moment before that', { nodeNotReadyMs: 40 * minute + 1 }, {}, {}, undefined],
    [
      'stays when nothing tells since when',
      { nodeNotReadyMs: 1 },
      { node: { ...unready, since: Number.NaN } },
      {},
      undefined,
    ],
    [
      'comes back at once when its node is out of service',
      {},
      { node: { ...unready, isOutOfService: true } },
      {},
      'node-not-ready',
    ],
    [
      'comes back when another Pod has the name',
      { nodeNotReadyMs: 1 },
      { pod: pod({ kind: 'lives' }, 'u2') },
      {},
      'node-not-ready',
    ],
    ['comes back when its Pod should have ended', { nodeNotReadyMs: 1 }, { pod: pod(ended) }, {}, 'node-not-ready'],
    [
      'comes back when its Pod should have ended, where that is enough',
      { isTerminatingEnough: true },
      { pod: pod(ended) },
      {},
      'pod-terminating-node-not-ready',
    ],
    [
      'stays until the delay after its grace period',
      { isTerminatingEnough: true, terminatingDelayMs: 2 * minute + 1 },
      { pod: pod(ended) },
      {},
      undefined,
    ],
    [
      'comes back when its Pod is finished',
      { nodeNotReadyMs: 1 },
      { pod: pod({ kind: 'finished', phase: 'Failed' }) },
      {},
      'node-not-ready',
    ],
    [
      'stays with an identity, of which no other Pod is made meanwhile',
      { isTerminatingEnough: true },
      { pod: pod(ended) },
      stateful,
      undefined,
    ],
    [
      'of an identity comes back when its node is out of service',
      {},
      { node: { ...unready, isOutOfService: true } },
      stateful,
      'node-not-ready',
    ],
    [
      'stays when the node is ready again',
      { nodeNotReadyMs: 1 },
      { node: { ...unready, isReady: true } },
      {},
      undefined,
    ],
    ['is for another rule when the node is gone', { nodeNotReadyMs: 1 }, { node: undefined }, {}, undefined],
  ])('%s', (_, policy, witness, spec, reason) => {
    const seen = { node: unready, pod: undefined, ...witness };
    expect(whyReleasedOfUnready(claim(spec), seen, { ...off, ...policy }, now)?.reason).toBe(reason);
  });

  it('is looked at when it is old, of a Pod, and of a node that is listed as not ready', () => {
    const nodes = new Map([
      ['n1', unready],
      ['n2', { ...unready, isReady: true }],
    ]);
    const seen = [
      claim(),
      claim({}, now - minute),
      claim({ node: 'n2' }),
      claim({ node: 'n3' }),
      claim({ podName: '' }),
      claim({ parkedAt: 'x' }),
    ];
    expect(seen.map((one) => isOnUnready(one, nodes, { ...off, isTerminatingEnough: true }, now))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    const looked = (policy: Partial<UnreadyPolicy>): boolean => isOnUnready(claim(), nodes, { ...off, ...policy }, now);
    expect([looked({}), looked({ nodeNotReadyMs: 50 * minute }), looked({ nodeNotReadyMs: 40 * minute })]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
