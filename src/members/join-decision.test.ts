import { describe, expect, it } from 'vitest';
import type { ListedMember } from './etcd-admin.ts';
import { admission } from './join-decision.ts';

const member = (id: string, name: string, host: string): ListedMember => ({
  id,
  name,
  peerUrl: `http://${host}:7001`,
  isLearner: false,
});
const members = [member('1', 'ipam-1', '10.0.0.1'), member('2', 'ipam-2', '10.0.0.2'), member('3', '', '10.0.0.3')];

describe('a daemon with an empty disk that asks to join', () => {
  it.each([
    ['from an address that nobody has is new', 'ipam-4', '10.0.0.4', { kind: 'new' }],
    ['from the address of a member that has not started is that one', 'ipam-3', '10.0.0.3', { kind: 'expected' }],
    ['from its former address replaces its former self', 'ipam-2', '10.0.0.2', { kind: 'replaces' }],
  ])('%s', (_what, name, host, wanted) => {
    expect(admission({ name, peerUrl: `http://${host}:7001` }, members)).toMatchObject(wanted);
  });

  it.each([
    [
      'the name of a member elsewhere',
      'ipam-1',
      '10.0.0.9',
      /a member "ipam-1" is at 10\.0\.0\.1:7000, and this one is at 10\.0\.0\.9:7000/,
    ],
    [
      'the address of a member of another name',
      'ipam-9',
      '10.0.0.1',
      /member "ipam-1" has the address 10\.0\.0\.1:7000/,
    ],
  ])('is refused with %s', (_what, name, host, says) => {
    expect(() => admission({ name, peerUrl: `http://${host}:7001` }, members)).toThrow(says);
  });
});
