import { describe, expect, it } from 'vitest';
import { isOver, resourceOf } from './owner-kinds.ts';

const over = (kind: string, ownerIsThere: boolean | undefined, podIsThere: boolean, podGoneMs = 0): boolean =>
  isOver({ kind, ownerIsThere, podIsThere, podGoneMs }, 1_000);

describe('an address that stays', () => {
  it.each([
    ['stays while its Pod is there, whoever is not', 'StatefulSet', false, true, false],
    ['stays without its Pod while the StatefulSet is there', 'StatefulSet', true, false, false],
    ['comes back when both are gone', 'StatefulSet', false, false, true],
    ['stays when nobody could be asked', 'StatefulSet', undefined, false, false],
    ['stays for a virtual machine that is off', 'VirtualMachine', true, false, false],
    ['comes back with the Pod of a Deployment, whose name does not come again', 'ReplicaSet', true, false, true],
    ['comes back with the Pod of a Job', 'Job', true, false, true],
    [
      'stays for a kind that nothing is known of while nobody says that its owner is gone',
      'Foo',
      undefined,
      false,
      false,
    ],
    ['comes back for such a kind when its owner is gone', 'Foo', false, false, true],
  ] as const)('%s', (_what, kind, owner, pod, expected) => expect(over(kind, owner, pod)).toBe(expected));

  it('waits for a Pod that was made by hand to be made again', () => {
    expect(over('Pod', undefined, false, 999)).toBe(false);
    expect(over('Pod', undefined, false, 1_000)).toBe(true);
  });

  it('names what it stays for', () => {
    expect(resourceOf('shop', 'web-0', undefined)).toBe('shop/Pod/web-0');
    const controller = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u' };
    expect(resourceOf('shop', 'web-0', controller)).toBe('shop/StatefulSet/web');
  });
});
