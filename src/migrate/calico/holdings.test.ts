import { describe, expect, it } from 'vitest';
import type { ShownPod } from '../../ipam/shown-pod.ts';
import { type ClaimSpec, claimKind } from '../../resources/claim.ts';
import { nobodysNode } from '../foreign.ts';
import { importLeases } from '../import-leases.ts';
import { type CalicoFacts, calicoHoldings } from './holdings.ts';

const pool = (name: string, cidr: string, spec: object = {}) => ({ metadata: { name }, spec: { cidr, ...spec } });
const blue = pool('default-ipv4-ippool', '10.244.0.0/16', { blockSize: 26, nodeSelector: 'all()', ipipMode: 'Always' });
const allocated = (name: string, more: object = {}) => ({
  handle_id: `k8s-pod-network.c-${name}`,
  secondary: { namespace: 'shop', pod: name, node: 'node1', timestamp: '2026-11-30 21:43:07.123456789 +0000 UTC' },
  ...more,
});

/** @param held by place in the block */
function block(cidr: string, held: Readonly<Record<number, unknown>>, spec: object = {}) {
  const places = Object.keys(held).map(Number);
  const allocations = Array.from({ length: Math.max(0, ...places) + 1 }, (_, at) =>
    held[at] === undefined ? null : places.indexOf(at),
  );
  const attributes = Object.values(held);
  return { metadata: { name: cidr.replaceAll(/[./]/g, '-') }, spec: { cidr, allocations, attributes, ...spec } };
}

function shownPod(name: string, ip: string, more: Partial<ShownPod['metadata']> = {}): ShownPod {
  return {
    metadata: { name, namespace: 'shop', uid: `u-${name}`, ...more },
    status: { phase: 'Running', podIPs: [{ ip }] },
  };
}

const keptBy = (kind: string, name: string) => [
  { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true },
];

function read(facts: Partial<CalicoFacts>) {
  const found = calicoHoldings({ pools: [blue], blocks: [], reservations: [], pods: [], ...facts });
  const imported = importLeases(found.leases, {
    pools: [...found.pools, ...found.reservations],
    daemon: nobodysNode,
    advice: 'make its IPPool again',
  });
  return {
    ...found,
    claims: imported.claims.filter(({ kind }) => kind === claimKind).map(({ spec }) => spec as ClaimSpec),
    conflicts: [...found.conflicts, ...imported.conflicts].map(({ subject, reason }) => `${subject}: ${reason}`),
    warnings: [...found.warnings, ...imported.warnings].join('\n'),
  };
}

describe('what Calico has given out', () => {
  it('is what its blocks say, with network, container and Pod', () => {
    const { claims, conflicts, warnings, leases } = read({
      blocks: [
        block('10.244.1.0/26', { 3: allocated('a'), 7: allocated('b') }, { affinity: 'host:node1' }),
        block('10.244.1.64/26', { 0: allocated('c') }),
        block('10.244.2.0/26', { 0: allocated('d') }, { deleted: true }),
      ],
    });
    expect(claims).toMatchObject([
      {
        address: '10.244.1.3',
        pool: 'default-ipv4-ippool',
        network: 'k8s-pod-network',
        containerId: 'c-a',
        ifname: 'eth0',
        podNamespace: 'shop',
        podName: 'a',
      },
      { address: '10.244.1.7', containerId: 'c-b' },
      { address: '10.244.1.64', containerId: 'c-c' },
    ]);
    expect(leases[0]?.at).toBe(Date.parse('2026-11-30T21:43:07.123Z'));
    expect({ conflicts, warnings }).toEqual({ conflicts: [], warnings: '' });
  });

  it('of IPv6 as well', () => {
    const six = pool('six', 'fd00:10:244::/64');
    const { claims } = read({ pools: [six], blocks: [block('fd00:10:244::40/122', { 2: allocated('a') })] });
    expect(claims).toMatchObject([{ address: 'fd00:10:244::42', pool: 'six' }]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a block of no prefix',
      block('10.244.1.0', { 0: allocated('a') }),
      /IPAMBlock "10-244-1-0": spec\.cidr "10\.244\.1\.0" is no/,
    ],
    [
      'a block that is none',
      { metadata: { name: 'x' }, spec: { cidr: 7 } },
      /IPAMBlock "x": it is not what Calico writes: spec\.cidr: must be text/,
    ],
    [
      'a block of more places than addresses',
      block('10.244.1.0/31', { 2: allocated('a') }),
      /it has 3 places, and its prefix 2/,
    ],
    [
      'an address without attributes',
      block('10.244.1.0/26', { 1: allocated('a') }, { attributes: [] }),
      /10\.244\.1\.1 of IPAMBlock .*: it has no attributes: there is no number 0/,
    ],
    [
      'a Pod of no namespace',
      block('10.244.1.0/26', { 1: allocated('a', { secondary: { pod: 'a' } }) }),
      /10\.244\.1\.1 of .*: it names a Pod of no namespace/,
    ],
    ['an address of no pool', block('10.9.1.0/26', { 1: allocated('a') }), /10\.9\.1\.1: no pool has it; Pod shop\/a/],
  ])('%s is a conflict, and the other blocks are read', (_, odd, message) => {
    const { conflicts, claims } = read({ blocks: [odd, block('10.244.9.0/26', { 1: allocated('good') })] });
    expect(conflicts.join('\n')).toMatch(message);
    expect(claims.map(({ podName }) => podName)).toContain('good');
  });

  it('twice is a conflict that names both', () => {
    const blocks = [block('10.244.1.0/26', { 1: allocated('a') }), block('10.244.1.0/26', { 1: allocated('b') })];
    expect(read({ blocks }).conflicts).toEqual([
      expect.stringMatching(/10\.244\.1\.1: held by Pod shop\/a .*, and by Pod shop\/b/),
    ]);
  });

  it('and taken back, and only cools down, is left out', () => {
    const released = allocated('a', { releasedAt: '2026-11-30T21:43:07Z' });
    const { claims, leftOut } = read({ blocks: [block('10.244.1.0/26', { 1: released })] });
    expect({ claims, leftOut }).toEqual({
      claims: [],
      leftOut: [{ subject: '10.244.1.1', reason: 'released, and only cooling down' }],
    });
  });

  it('to its own nodes no Pod gets, and a warning says which these are', () => {
    const tunnel = { handle_id: 'ipip-tunnel-addr-node1', secondary: { node: 'node1', type: 'ipipTunnelAddress' } };
    const windows = { handle_id: 'windows-reserved-ipam-handle', secondary: { node: 'win1' } };
    const { pools, warnings, claims } = read({
      blocks: [block('10.244.1.0/26', { 1: tunnel, 2: windows, 3: allocated('a') })],
    });
    expect(pools[0]?.spec.excludeIPs).toEqual(['10.244.1.1-10.244.1.2']);
    expect(warnings).toContain(
      '10.244.1.1 (ipipTunnelAddress of node node1), 10.244.1.2 (windows-reserved-ipam-handle of node win1)',
    );
    expect(claims.map(({ address }) => address)).toEqual(['10.244.1.3']);
  });
});

describe('for whom an address of Calico stays after the migration', () => {
  const at = (name: string, more: object = {}) => [block('10.244.1.0/26', { 1: allocated(name, more) })];
  const ip = '10.244.1.1';
  const owners = (facts: Partial<CalicoFacts>) =>
    read(facts).claims.map(({ ownerKind, ownerName, podUid }) => [ownerKind, ownerName, podUid]);
  const annotations = { 'cni.projectcalico.org/ipAddrs': '["10.244.1.1"]' };

  it('a Deployment whose template fixes it by ipAddrs', () => {
    const labels = { 'pod-template-hash': '5d8f' };
    const pod = shownPod('web-5d8f-x', ip, { annotations, labels, ownerReferences: keptBy('ReplicaSet', 'web-5d8f') });
    expect(owners({ blocks: at('web-5d8f-x'), pods: [pod] })).toEqual([['Deployment', 'web', 'u-web-5d8f-x']]);
  });

  it('a StatefulSet’s Pod, which Calico would give another', () => {
    const pod = shownPod('db-0', ip, { ownerReferences: keptBy('StatefulSet', 'db') });
    expect(owners({ blocks: at('db-0'), pods: [pod] })).toEqual([['StatefulSet', 'db', 'u-db-0']]);
  });

  it('nobody: who fixes nothing, who is gone, who has another address by now', () => {
    const labels = { 'pod-template-hash': '5d8f' };
    const owner = keptBy('ReplicaSet', 'web-5d8f');
    const plain = shownPod('web-5d8f-x', ip, { labels, ownerReferences: owner });
    expect(owners({ blocks: at('web-5d8f-x'), pods: [plain] })).toEqual([[undefined, undefined, 'u-web-5d8f-x']]);
    expect(owners({ blocks: at('web-5d8f-x') })).toEqual([[undefined, undefined, undefined]]);
    const moved = shownPod('db-0', '10.244.7.7', { ownerReferences: keptBy('StatefulSet', 'db') });
    expect(owners({ blocks: at('db-0'), pods: [moved] })).toEqual([[undefined, undefined, undefined]]);
  });

  it.each([
    ['by its handle', { handle_id: 'k8s-pod-network.vmi.shop.vm1' }],
    ['by its handle, its Pod gone', { handle_id: 'k8s-pod-network.vmi.shop.vm1', secondary: {} }],
    [
      'by its attributes where the handle is too long',
      {
        handle_id: 'k8s-pod-network.vmi._h4sh',
        secondary: { namespace: 'shop', pod: 'virt-launcher-vm1-x', 'vmi-name': 'vm1' },
      },
    ],
  ])('a virtual machine, %s', (_, more) => {
    const { claims, conflicts } = read({ blocks: at('virt-launcher-vm1-x', more) });
    expect(conflicts).toEqual([]);
    expect(claims).toMatchObject([
      { network: 'k8s-pod-network', podNamespace: 'shop', ownerKind: 'VirtualMachine', ownerName: 'vm1' },
    ]);
  });

  it('of a virtual machine that moves just now is a conflict until it has moved', () => {
    const moving = {
      handle_id: 'k8s-pod-network.vmi.shop.vm1',
      alternateOwnerAttrs: { namespace: 'shop', pod: 'virt-launcher-vm1-y' },
    };
    const pods = [shownPod('virt-launcher-vm1-x', ip), shownPod('virt-launcher-vm1-y', ip)];
    const blocks = at('virt-launcher-vm1-x', moving);
    expect(read({ blocks, pods }).conflicts.join()).toMatch(
      /vm1-x and Pod shop\/virt-launcher-vm1-y have it: its virtual/,
    );
    expect(read({ blocks, pods: pods.slice(0, 1) }).conflicts).toEqual([]);
  });
});

describe('a pool of Calico', () => {
  const made = (spec: object, cidr = '10.244.0.0/16') => read({ pools: [pool('blue', cidr, spec)] });

  it.each<[string, object, object]>([
    ['is one of the same name, without blocks', { blockSize: 26, natOutgoing: true }, { default: true }],
    ['that is disabled stays so', { disabled: true }, { default: true, disable: true }],
    ['of manual assignment serves who names it', { assignmentMode: 'Manual' }, {}],
    [
      'for some nodes serves those',
      { nodeSelector: "zone == 'west' && has(gpu)" },
      {
        default: true,
        nodeAffinity: {
          matchExpressions: [
            { key: 'zone', operator: 'In', values: ['west'] },
            { key: 'gpu', operator: 'Exists' },
          ],
        },
      },
    ],
    [
      'for namespaces by name serves those',
      { namespaceSelector: "projectcalico.org/name in {'a','b'}" },
      { default: true, namespaceName: ['a', 'b'] },
    ],
    [
      'for namespaces by label serves those',
      { namespaceSelector: "projectcalico.org/name != 'a' && tier == 'web'" },
      {
        default: true,
        namespaceAffinity: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['a'] },
            { key: 'tier', operator: 'In', values: ['web'] },
          ],
        },
      },
    ],
  ])('%s', (_, spec, expected) => {
    const { pools, conflicts, warnings } = made(spec);
    expect(pools.map(({ metadata, spec: one }) => [metadata.name, one])).toEqual([
      ['blue', { ipVersion: 4, subnet: '10.244.0.0/16', ...expected }],
    ]);
    expect({ conflicts, warnings }).toEqual({ conflicts: [], warnings: '' });
  });

  it('by a selector that no pool of ours can have gives nothing out, and a warning says which', () => {
    const { pools, warnings } = made({ nodeSelector: "a == 'b' || c == 'd'" });
    expect(pools[0]?.spec).toMatchObject({ disable: true });
    expect(warnings).toMatch(
      /IPPool "blue": no pool of ours can select by "a == 'b' \|\| c == 'd'": pool "blue" is disabled/,
    );
  });

  it('that is not for Pods is left out', () => {
    const { pools, leftOut } = made({ allowedUses: ['LoadBalancer'] });
    expect({ pools, leftOut }).toEqual({
      pools: [],
      leftOut: [{ subject: 'IPPool "blue"', reason: 'its addresses are for tunnels or Services, not for Pods' }],
    });
  });

  it.each<[unknown, RegExp]>([
    [{ metadata: { name: 'x' }, spec: { cidr: '10.1.0.0' } }, /IPPool "x": spec\.cidr "10\.1\.0\.0" is no prefix/],
    [{ metadata: {} }, /IPPool "": it is not what Calico writes: metadata\.name: is missing/],
  ])('that cannot be read is a conflict: %j', (odd, message) => {
    expect(read({ pools: [odd, blue] }).conflicts.join('\n')).toMatch(message);
  });
});

describe('a reservation of Calico', () => {
  it('is one here', () => {
    const reservation = { metadata: { name: 'r' }, spec: { reservedCIDRs: ['10.244.1.9/32', '10.244.2.0/28'] } };
    expect(read({ reservations: [reservation] }).reservations[0]?.spec).toEqual({
      ips: ['10.244.1.9/32', '10.244.2.0/28'],
    });
  });

  it('that cannot be read is a conflict', () => {
    const odd = { metadata: { name: 'r' }, spec: { reservedCIDRs: ['10.244.1.9'] } };
    expect(read({ reservations: [odd] }).conflicts.join()).toMatch(
      /IPReservation "r": spec\.reservedCIDRs has "10\.244\.1\.9"/,
    );
  });
});
