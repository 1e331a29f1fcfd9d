import { describe, expect, it } from 'vitest';
import { type Identity, identityOf, ordinalOf, ownerTitle, placeOf } from './identity.ts';
import { placeOfClaim } from './kept-claim.ts';
import { claim, pod, statefulSet } from './testing/claims.ts';

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
