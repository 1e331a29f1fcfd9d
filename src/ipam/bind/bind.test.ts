import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parseRange } from '../../ip/range.ts';
import { containsAddress } from '../../ip/range-set.ts';
import { type Claim, type ClaimSpec, newClaim } from '../../resources/claim.ts';
import { type Pool, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { isParked } from '../claim/claim-state.ts';
import { exactly } from '../requested-address.ts';
import type { Selection } from '../select/select.ts';
import type { Asker } from './asker.ts';
import { atAdd, movedFrom } from './at-add.ts';
import { atDel, isSuperseded } from './at-del.ts';
import { type Identity, identityOf, ordinalOf, ownerTitle, placeOf } from './identity.ts';
import { identityOfClaim, parkedSpec, placeOfClaim, takenSpec } from './kept-claim.ts';
import { GoneOwners, type OwnerFacts, type ParkedWitness, whyNobodyComes } from './owner-gone.ts';
import { keepsWhenScaled, type ScaleDownPolicy, whenScaledAnnotation } from './scale-down.ts';

const parkedAt = '2026-11-30T00:00:00.000Z';
const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-web' };
const pod = { namespace: 'shop', name: 'web-0', uid: 'uid-2' };

function claim(spec: Partial<ClaimSpec> = {}): Claim {
  return newClaim({
    address: '10.5.0.9',
    pool: 'office',
    node: 'node1',
    daemon: 'node1',
    network: 'net',
    containerId: 'c1',
    ifname: 'eth0',
    podNamespace: 'shop',
    podName: 'web-0',
    podUid: 'uid-1',
    ownerKind: 'StatefulSet',
    ownerName: 'web',
    ...spec,
  });
}

const born = (spec: Partial<ClaimSpec>, creationTimestamp: string): Claim => {
  const made = claim(spec);
  return { ...made, metadata: { ...made.metadata, creationTimestamp } };
};

const bare = (spec: Partial<ClaimSpec> = {}): Claim => {
  const { ownerKind: _, ownerName: __, ...rest } = claim(spec).spec;
  return newClaim(rest);
};

const pool = (name: string, spec: object): Pool =>
  parsePool({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec });

describe('an identity', () => {
  it.each<[string, Parameters<typeof identityOf>[0]['pod'], typeof statefulSet | undefined, string | undefined]>([
    ['a Pod of a StatefulSet has one', pod, statefulSet, 'web'],
    ['the request names no Pod', undefined, statefulSet, undefined],
    ['nobody keeps the Pod', pod, undefined, undefined],
    ['a ReplicaSet gives each Pod another name', pod, { ...statefulSet, kind: 'ReplicaSet' }, undefined],
    [
      'a controller of another group, whose Pod is named after it',
      pod,
      { ...statefulSet, apiVersion: 'a.org/v1' },
      'web',
    ],
    [
      'a controller of another group, and five random digits',
      { ...pod, name: 'web-24567' },
      { ...statefulSet, apiVersion: 'a.org/v1' },
      undefined,
    ],
    ['a batch of Pods', pod, { ...statefulSet, apiVersion: 'batch/v1', kind: 'Job' }, undefined],
    ['a Pod that the StatefulSet adopted under another name', { ...pod, name: 'stray' }, statefulSet, undefined],
  ])('%s', (_, of, controller, owner) => {
    expect(identityOf({ pod: of, controller, ifname: 'eth0' })?.owner.name).toBe(owner);
  });

  const labels = { 'pod-template-hash': '5d8f' };
  const replicaSet = { ...statefulSet, kind: 'ReplicaSet', name: 'web-5d8f' };
  const ofWeb = { namespace: 'shop', name: 'web-5d8f-x2x4z', uid: 'uid-2' };
  it.each<[string, Partial<Parameters<typeof identityOf>[0]>, string | undefined]>([
    ["a Deployment's Pods have theirs, when it is asked to stay", {}, 'Deployment shop/web'],
    ['unasked they have none', { stays: false }, undefined],
    ['a ReplicaSet of nobody', { labels: {} }, 'ReplicaSet shop/web-5d8f'],
    [
      'a ReplicaSet that is not named after the hash',
      { labels: { 'pod-template-hash': 'x' } },
      'ReplicaSet shop/web-5d8f',
    ],
    ['a DaemonSet', { controller: { ...statefulSet, kind: 'DaemonSet' } }, 'DaemonSet shop/web'],
    ['a Job, whose end nobody looks for', { controller: { ...statefulSet, kind: 'Job' } }, undefined],
    ['a StatefulSet', { pod, controller: statefulSet }, 'StatefulSet shop/web'],
  ])('of an address that is asked for: %s', (_, more, owner) => {
    const found = identityOf({ pod: ofWeb, labels, controller: replicaSet, ifname: 'eth0', stays: true, ...more });
    expect(found && ownerTitle(found.owner, found.namespace)).toBe(owner);
  });

  it.each([
    ['a Pod of a virtual machine', {}, undefined],
    ['the target of its live migration', { 'kubevirt.io/migrationJobUID': 'u' }, true],
  ])("is the virtual machine's: %s", (_, of, migrates) => {
    const controller = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm', uid: 'u' };
    const launcher = { namespace: 'shop', name: 'virt-launcher-vm-abcde', uid: 'u' };
    const found = identityOf({ pod: launcher, labels: of, controller, ifname: 'eth0' });
    expect(found).toMatchObject({ owner: { kind: 'VirtualMachine', name: 'vm' } });
    expect(found?.migrates).toBe(migrates);
    const other = identityOf({ pod: { ...launcher, name: 'virt-launcher-vm-x' }, controller, ifname: 'eth0' });
    expect(other && found && [placeOf(other), ownerTitle(other.owner, 'shop')]).toEqual([
      placeOf(found as Identity),
      'VirtualMachine shop/vm',
    ]);
  });

  it("is one for all Pods of an application, and each Pod's own in a StatefulSet", () => {
    const of = (podName: string, ownerKind: string) => placeOfClaim(claim({ podName, ownerKind }));
    expect(of('web-a', 'Deployment')).toBe(of('web-b', 'Deployment'));
    expect(of('web-0', 'StatefulSet')).not.toBe(of('web-1', 'StatefulSet'));
    expect(of('web', 'StatefulSet')).not.toBe(of('web', 'Deployment'));
  });

  it('has another identity for each interface', () => {
    const [one, two] = ['eth0', 'net1'].map((ifname) => placeOfClaim(claim({ ifname })));
    expect(one).not.toBe(two);
  });

  it.each([
    ['web-0', 'web', 0],
    ['web-12', 'web', 12],
    ['web-a-1', 'web-a', 1],
    ['web-01', 'web', undefined],
    ['web-', 'web', undefined],
    ['web-1-2', 'web', undefined],
    ['other-1', 'web', undefined],
  ])('%s of %s has the ordinal %s', (name, owner, ordinal) => {
    expect(ordinalOf(name, owner)).toBe(ordinal);
  });
});

describe('a claim', () => {
  it('says who had it last while it is parked, and who has it once it is taken over', () => {
    const before = claim();
    const parked = newClaim(parkedSpec(before.spec, Date.parse(parkedAt)));
    expect(parked.spec).toEqual({ ...before.spec, parkedAt });
    const taken = newClaim(
      takenSpec(parked.spec, {
        attachment: { network: 'net', containerId: 'c2', ifname: 'eth0' },
        node: 'node2',
        daemon: 'node2',
        pool: 'office',
        pod,
        identity: { owner: { kind: 'StatefulSet', name: 'web' } },
        controlledBy: 'apps/v1 StatefulSet web uid-of-another',
      }),
    );
    expect(taken.spec).toEqual({
      ...before.spec,
      node: 'node2',
      daemon: 'node2',
      containerId: 'c2',
      podUid: 'uid-2',
      controlledBy: 'apps/v1 StatefulSet web uid-of-another',
    });
    expect([isParked(before), isParked(parked), isParked(taken)]).toEqual([false, true, false]);
  });

  it('of a Pod that nobody keeps has no identity', () => {
    expect(identityOfClaim(bare())).toBeUndefined();
  });
});

describe('at ADD', () => {
  const office = pool('office', { subnet: '10.5.0.0/24' });
  const lab = pool('lab', { subnet: '10.5.0.0/24', ips: ['10.5.0.100-10.5.0.110'] });
  const twin = pool('twin', { subnet: '10.5.0.0/24', ips: ['10.5.0.1-10.5.0.20'] });
  const office6 = pool('office6', { subnet: 'fd05::/64' });
  const offers = ({ usable }: Pool, _: Claim, address: ReturnType<typeof parseAddress>) =>
    containsAddress(usable, address);
  const asker = (more: Partial<Asker> = {}): Asker => ({
    attachment: { network: 'net', containerId: 'c2', ifname: 'eth0' },
    pod,
    identity: identityOf({ pod, controller: statefulSet, ifname: 'eth0' }),
    ...more,
  });
  const want = (candidates: readonly Pool[], more: Partial<Selection> = {}): Selection => ({
    family: 4,
    candidates,
    rejected: [],
    ...more,
  });

  it.each<[string, Selection, Asker, Claim[], string]>([
    ['nothing is kept: another address', want([office]), asker(), [], 'none'],
    ['what nobody has is taken over', want([office]), asker(), [claim({ parkedAt })], 'take 10.5.0.9 of office'],
    ['of another pool that offers it, too', want([lab, twin]), asker(), [claim({ parkedAt })], 'take 10.5.0.9 of twin'],
    ['the pools of now do not have it: it moves', want([lab]), asker(), [claim({ parkedAt })], 'none'],
    ['of the other family', want([office6], { family: 6 }), asker(), [claim({ parkedAt })], 'none'],
    [
      'an IPv6 address stays as well',
      want([office6], { family: 6 }),
      asker(),
      [claim({ parkedAt }), claim({ parkedAt, address: 'fd05::9', pool: 'office6' })],
      'take fd05::9 of office6',
    ],
    [
      'exactly another address is asked for',
      want([office], { requested: exactly(parseAddress('10.5.0.10')) }),
      asker(),
      [claim({ parkedAt })],
      'none',
    ],
    [
      'exactly this address is asked for',
      want([office], { requested: exactly(parseAddress('10.5.0.9')) }),
      asker(),
      [claim({ parkedAt })],
      'take 10.5.0.9 of office',
    ],
    ['a former container has it still', want([office]), asker(), [claim()], 'held 10.5.0.9 of office'],
    [
      'of two, the one that nobody has',
      want([office]),
      asker(),
      [claim(), claim({ address: '10.5.0.10', parkedAt })],
      'take 10.5.0.10 of office',
    ],
    [
      'what this very call claimed is no matter of binding',
      want([office]),
      asker(),
      [claim({ containerId: 'c2' })],
      'none',
    ],
    [
      'of another owner with Pods of the same names',
      want([office]),
      asker(),
      [claim({ parkedAt, ownerKind: 'CloneSet' })],
      'none',
    ],
    ['of a Pod that had no owner', want([office]), asker(), [bare({ parkedAt })], 'none'],
    [
      'a Pod without an owner has nothing kept',
      want([office]),
      asker({ identity: undefined }),
      [claim({ parkedAt })],
      'none',
    ],
    [
      'a Pod that its owner left keeps what it had itself',
      want([office]),
      asker({ identity: undefined }),
      [claim({ parkedAt, podUid: 'uid-2' })],
      'take 10.5.0.9 of office',
    ],
  ])('%s', (_, wanted, who, claims, expected) => {
    const found = atAdd({ want: wanted, asker: who, claims, offers });
    const text = found.type === 'none' ? 'none' : `${found.type} ${found.claim.spec.address} of ${found.pool.name}`;
    expect(text).toBe(expected);
  });

  it('takes of two that nobody has the one that was claimed first: the other was never given', () => {
    const of = (address: string, at: string): Claim => born({ parkedAt, address }, at);
    const claims = [of('10.5.0.9', '2026-11-30T00:00:02Z'), of('10.5.0.10', '2026-11-30T00:00:01Z')];
    for (const inOrder of [claims, claims.toReversed()]) {
      const found = atAdd({ want: want([office]), asker: asker(), claims: inOrder, offers });
      expect(found).toMatchObject({ type: 'take', claim: { spec: { address: '10.5.0.10' } } });
    }
  });

  it.each<[string, Partial<ClaimSpec>, 'held' | 'none' | 'take']>([
    ['while another container has that', { containerId: 'c1' }, 'held'],
    ['while this very call has claimed that', { containerId: 'c2' }, 'none'],
    ['but for another Pod of an application', { podName: 'web-c', ownerKind: 'Deployment' }, 'take'],
  ])('takes nothing that was claimed after the first of the identity, %s', (_, spec, expected) => {
    const kept = { address: '10.5.0.10', parkedAt, ownerKind: spec.ownerKind ?? 'StatefulSet' };
    const owner = { kind: kept.ownerKind, name: 'web' };
    const who = asker({ identity: { owner, namespace: 'shop', podName: 'web-0', ifname: 'eth0' } });
    const claims = [born(kept, '2026-11-30T00:00:02Z'), born(spec, '2026-11-30T00:00:01Z')];
    expect(atAdd({ want: want([office]), asker: who, claims, offers }).type).toBe(expected);
  });

  it('leaves behind what was kept and not taken', () => {
    const left = claim({ parkedAt, address: '10.5.0.10' });
    const claims = [claim({ containerId: 'c2', podUid: 'uid-2' }), left, claim({ parkedAt, ownerName: 'other' })];
    expect(movedFrom(asker(), claims, [])).toEqual([left]);
  });

  describe('of an application', () => {
    const owner = { kind: 'Deployment', name: 'web' };
    const ofWeb = (spec: Partial<ClaimSpec> = {}) => claim({ podName: 'web-a', ownerKind: 'Deployment', ...spec });
    const next = { namespace: 'shop', name: 'web-b', uid: 'uid-b' };
    const app = asker({ pod: next, identity: { owner, namespace: 'shop', podName: 'web-b', ifname: 'eth0' } });
    const requested = (...texts: string[]) => ({ family: 4, ranges: texts.map(parseRange) }) as const;
    const two = { requested: requested('10.5.0.9', '10.5.0.12') };

    it.each<[string, Selection, Asker, Claim[], string]>([
      ['what a former Pod of it left', want([office], two), app, [ofWeb({ parkedAt })], 'take 10.5.0.9 of office'],
      ["what another Pod of it has is that one's", want([office], two), app, [ofWeb()], 'none'],
      [
        'what it has no more is for the next Pod, beside what another has',
        want([office], two),
        app,
        [ofWeb(), ofWeb({ address: '10.5.0.12', podName: 'web-c', parkedAt })],
        'take 10.5.0.12 of office',
      ],
      [
        'what it does not ask for any more',
        want([office], two),
        app,
        [ofWeb({ address: '10.5.0.13', parkedAt })],
        'none',
      ],
      ['what another application left', want([office], two), app, [ofWeb({ ownerName: 'db', parkedAt })], 'none'],
      [
        'what a former container of the very Pod has still is waited for',
        want([office], two),
        app,
        [ofWeb({ podName: 'web-b', podUid: 'uid-b' })],
        'held 10.5.0.9 of office',
      ],
    ])('%s', (_, wanted, who, claims, expected) => {
      const found = atAdd({ want: wanted, asker: who, claims, offers });
      const text = found.type === 'none' ? 'none' : `${found.type} ${found.claim.spec.address} of ${found.pool.name}`;
      expect(text).toBe(expected);
    });

    it('leaves behind what it asks for no more, and keeps the rest for its other Pods', () => {
      const claims = [ofWeb({ parkedAt }), ofWeb({ parkedAt, address: '10.5.0.13' }), ofWeb({ address: '10.5.0.12' })];
      expect(movedFrom(app, claims, [two.requested]).map(({ spec }) => spec.address)).toEqual(['10.5.0.13']);
    });
  });
});

describe('at DEL', () => {
  const second = { address: '10.5.0.10', containerId: 'c2' };
  const older = (spec: Partial<ClaimSpec>): Claim => born(spec, '2026-11-29T00:00:00.000Z');
  it.each<[string, Claim, Claim[], 'park' | 'release']>([
    ['an address of nobody in particular goes', bare(), [], 'release'],
    ['an address of an identity stays', claim(), [], 'park'],
    ['also beside one that nobody has', claim(), [claim({ ...second, parkedAt })], 'park'],
    ['also beside one of the other family', claim(), [claim({ ...second, address: 'fd05::9' })], 'park'],
    ['also beside one of the same container', claim(), [claim({ address: '10.5.0.10' })], 'park'],
    ['also beside one of another container: that may be given up still', claim(), [claim(second)], 'park'],
    ['also beside an older one of a container that is lost: it has moved', claim(), [older(second)], 'park'],
  ])('%s', (_, one, others, expected) => {
    expect(atDel({ claim: one, recorded: [one.spec], claims: [one, ...others] })).toBe(expected);
  });

  it.each<[string, Claim, Claim[], 'park' | 'release']>([
    ['it stays where it may have been taken over', claim(), [], 'park'],
    ['it goes beside an older one of the identity, which is what that has', claim(), [older(second)], 'release'],
    ['also when nobody has the older one', claim(), [older({ ...second, parkedAt })], 'release'],
    ['it stays beside a younger one', older({}), [claim(second)], 'park'],
    ['it stays beside another address of its own interface', claim(), [older({ address: '10.5.0.10' })], 'park'],
    ['the older one is of another pool: it may have moved', claim(), [older({ ...second, pool: 'lab' })], 'park'],
    ['the older one is of another family', claim(), [older({ ...second, address: 'fd05::9' })], 'park'],
    ['the older one is of another owner', claim(), [older({ ...second, ownerName: 'other' })], 'park'],
    [
      'an application has several',
      claim({ ownerKind: 'Deployment' }),
      [older({ ...second, ownerKind: 'Deployment' })],
      'park',
    ],
    ['an address of nobody in particular goes', bare(), [], 'release'],
  ])('of a call that was never answered: %s', (_, one, others, expected) => {
    expect(atDel({ claim: one, recorded: [], claims: [one, ...others] })).toBe(expected);
  });

  it.each<[string, Claim, { address: string; pool: string }, 'park' | 'release']>([
    ['goes', claim(), { address: '10.5.0.10', pool: 'office' }, 'release'],
    ['stays where that is of another family', claim(), { address: 'fd05::9', pool: 'office6' }, 'park'],
    ['stays where that is of other networks', claim(), { address: '10.5.0.10', pool: 'a.scope-b' }, 'park'],
    ['stays with an application', claim({ ownerKind: 'Deployment' }), { address: '10.5.0.10', pool: 'office' }, 'park'],
  ])('beside what its container was given in its place it %s', (_, one, recorded, expected) => {
    expect(atDel({ claim: one, recorded: [recorded], claims: [one] })).toBe(expected);
  });
});

describe('a parked claim beside another of its identity', () => {
  const deadlineMs = 300_000;
  const kept = claim({ parkedAt });
  const since = Date.parse(parkedAt);
  const second = (spec: Partial<ClaimSpec> = {}): Claim =>
    born({ address: '10.5.0.10', containerId: 'c2', ...spec }, parkedAt);
  it.each<[string, Claim, number, boolean]>([
    ['is superseded once the ADD of that must be over', second(), since + deadlineMs + 1, true],
    ['is not before: it may be given up still', second(), since + deadlineMs, false],
    ['is not when nobody has that', second({ parkedAt }), since + 2 * deadlineMs, false],
    ['is not when that is of another owner', second({ ownerName: 'other' }), since + 2 * deadlineMs, false],
    ['is not when that is of another family', second({ address: 'fd05::9' }), since + 2 * deadlineMs, false],
    ['is not when that is of networks that never meet', second({ pool: 'a.scope-b' }), since + 2 * deadlineMs, false],
  ])('%s', (_, other, now, expected) => {
    expect(isSuperseded(kept, [kept, other], now, deadlineMs)).toBe(expected);
  });
});

describe('a parked claim', () => {
  const owner = (more: Partial<OwnerFacts> = {}): OwnerFacts => ({ replicas: 1, start: 0, isDeleting: false, ...more });
  const there = { uid: 'uid-2', annotations: {}, isOfOwner: true };
  const witness = (more: Partial<ParkedWitness>): ParkedWitness => ({
    owner: owner(),
    isAskedFor: false,
    pod: undefined,
    isSuperseded: false,
    ...more,
  });

  it.each<[string, Partial<ClaimSpec>, Partial<ParkedWitness>, string | undefined]>([
    ['its StatefulSet will make the Pod again', {}, {}, undefined],
    ['the StatefulSet is gone', {}, { owner: undefined }, 'StatefulSet shop/web is gone'],
    [
      'the StatefulSet is being deleted',
      {},
      { owner: owner({ isDeleting: true }) },
      'StatefulSet shop/web is being deleted',
    ],
    [
      'it was scaled down',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3 }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-3 among them',
    ],
    [
      'it was scaled down, and keeps addresses by its policy',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, keepsScaled: true }) },
      undefined,
    ],
    [
      'a StatefulSet with that policy is being deleted',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, keepsScaled: true, isDeleting: true }) },
      'StatefulSet shop/web is being deleted',
    ],
    ['the last of its ordinals', { podName: 'web-2' }, { owner: owner({ replicas: 3 }) }, undefined],
    ['ordinals begin at 5', { podName: 'web-7' }, { owner: owner({ replicas: 3, start: 5 }) }, undefined],
    [
      'ordinals begin beyond it',
      { podName: 'web-4' },
      { owner: owner({ replicas: 3, start: 5 }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-4 among them',
    ],
    [
      'a Pod of a StatefulSet that was scaled down, not gone yet',
      {},
      { owner: owner({ replicas: 0 }), pod: there },
      undefined,
    ],
    [
      'an orphaned Pod of a StatefulSet that is gone',
      { podUid: 'uid-2' },
      { owner: undefined, pod: { ...there, isOfOwner: false } },
      undefined,
    ],
    [
      'another Pod has the name by now',
      {},
      { owner: undefined, pod: { ...there, isOfOwner: false } },
      'StatefulSet shop/web is gone',
    ],
    [
      'ordinals that are passed over make room for higher ones',
      { podName: 'web-3' },
      { owner: owner({ replicas: 3, skips: [[1, 1]] }) },
      undefined,
    ],
    [
      'one that is passed over by now',
      { podName: 'web-1' },
      { owner: owner({ replicas: 3, skips: [[0, 1]] }) },
      'StatefulSet shop/web has 3 replicas, and no Pod web-1 among them',
    ],
    [
      'ranges that are passed over, one in another, of which each ordinal counts once',
      { podName: 'web-12' },
      {
        owner: owner({
          replicas: 3,
          skips: [
            [8, 9],
            [2, 10],
            [4, 11],
            [20, 30],
          ],
        }),
      },
      undefined,
    ],
    [
      'one beyond them that is too high',
      { podName: 'web-13' },
      {
        owner: owner({
          replicas: 3,
          skips: [
            [2, 10],
            [4, 11],
            [20, 30],
          ],
        }),
      },
      'StatefulSet shop/web has 3 replicas, and no Pod web-13 among them',
    ],
    [
      'ranges that begin before its first ordinal',
      { podName: 'web-8' },
      {
        owner: owner({
          replicas: 1,
          start: 5,
          skips: [
            [0, 6],
            [7, 7],
          ],
        }),
      },
      undefined,
    ],
    [
      'more ordinals that are passed over than a machine has room for',
      { podName: 'web-4000000001' },
      { owner: owner({ replicas: 2, skips: [[0, 3_999_999_999]] }) },
      undefined,
    ],
    [
      'of a kind that nobody can look up, its Pod is there',
      { ownerKind: 'Fleet.example.org' },
      { owner: 'unknown', pod: there },
      undefined,
    ],
    [
      'of a kind that nobody can look up, its Pod is away',
      { ownerKind: 'Fleet.example.org' },
      { owner: 'unknown' },
      'there is no Pod shop/web-0, and nobody can tell whether Fleet.example.org shop/web is there',
    ],
    ['a Deployment asks for it still', { ownerKind: 'Deployment' }, { isAskedFor: true }, undefined],
    [
      'also one without replicas',
      { ownerKind: 'Deployment' },
      { isAskedFor: true, owner: owner({ replicas: 0 }) },
      undefined,
    ],
    [
      'a Deployment asks for others by now',
      { ownerKind: 'Deployment' },
      {},
      'Deployment shop/web does not ask for 10.5.0.9 any more',
    ],
    ['the Deployment is gone', { ownerKind: 'Deployment' }, { owner: undefined }, 'Deployment shop/web is gone'],
    [
      'its Pod has another address',
      {},
      { isSuperseded: true, pod: there },
      'Pod shop/web-0 has another address by now',
    ],
  ])('%s', (_, spec, seen, reason) => {
    expect(whyNobodyComes(claim({ parkedAt, ...spec }), witness(seen))).toBe(reason);
  });

  it.each<[string, Record<string, string>, ScaleDownPolicy, boolean]>([
    ['goes with its ordinal where nothing is said', {}, 'Delete', false],
    ['stays where the controller says so', {}, 'Retain', true],
    ['stays where its StatefulSet says so', { [whenScaledAnnotation]: 'Retain' }, 'Delete', true],
    [
      'goes where its StatefulSet says so, whatever the controller says',
      { [whenScaledAnnotation]: 'Delete' },
      'Retain',
      false,
    ],
    ['stays where what its StatefulSet says cannot be read', { [whenScaledAnnotation]: 'delete' }, 'Delete', true],
  ])('%s', (_, annotations, usual, keeps) => expect(keepsWhenScaled(annotations, usual)).toBe(keeps));

  it('goes when nobody was there for longer than the grace, without a break', () => {
    const gone = new GoneOwners(30_000);
    expect([0, 29_999, 30_000].map((now) => gone.isOver('a', 'gone', now))).toEqual([false, false, true]);
    expect(gone.isOver('b', 'gone', 0)).toBe(false);
    expect(gone.isOver('b', undefined, 20_000)).toBe(false);
    expect([25_000, 54_999, 55_000].map((now) => gone.isOver('b', 'gone', now))).toEqual([false, false, true]);
    gone.retain(new Set(['a']));
    expect(gone.isOver('b', 'gone', 60_000)).toBe(false);
  });
});
