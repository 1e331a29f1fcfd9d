import { describe, expect, it } from 'vitest';
import type { Violation } from './check.ts';
import { undoOfRelease } from './fix.ts';
import { repairOf } from './repair.ts';

const attachment = { network: 'net', containerId: 'c1', ifname: 'eth0' };
const found: Violation = {
  invariant: 6,
  subject: '10.0.0.5',
  message: 'claimed for net/c1/eth0 400 s ago',
  repair: 'delete the Pod',
};

describe('a repair', () => {
  it.for<readonly [title: string, fix: Violation['fix'], action: RegExp, undo: RegExp]>([
    [
      'of what a container held that is gone is taken back by putting it on record again',
      {
        kind: 'release',
        attachment,
        undo: undoOfRelease(attachment, ['10.0.0.5'], { namespace: 'shop', name: 'web-0' }),
      },
      /^release what net\/c1\/eth0 holds/,
      /^ipam-cli set 10.0.0.5 --pod shop\/web-0 --container c1 --network net --ifname eth0 --force/,
    ],
    [
      'of a block outside of its pool hands it back, and another is leased instead',
      { kind: 'return-block', node: 'node1', cidr: '10.9.0.0/28', pool: 'racks' },
      /^hand block 10.9.0.0\/28 of node "node1" back, if it is empty$/,
      /^ipam-cli allocate node1 --pool racks$/,
    ],
    [
      'of a claim without a record is garbage collection',
      { kind: 'collect' },
      /^collect garbage now/,
      /^none is needed/,
    ],
    [
      'of an address without a claim is to claim it',
      { kind: 'secure', address: '10.0.0.5' },
      /^claim 10.0.0.5 again/,
      /^ipam-cli release 10.0.0.5$/,
    ],
  ])('%s', ([, fix, action, undo]) => {
    const repair = repairOf(fix === undefined ? found : { ...found, fix });
    expect(repair.action).toMatch(action);
    expect(repair.undo).toMatch(undo);
    expect(repair.refused).toBe('');
  });

  it('that cannot be taken back is refused, with what somebody has to do', () => {
    expect(repairOf(found)).toMatchObject({ action: '', refused: 'by hand: delete the Pod' });
  });

  it('has the same id for as long as it is so', () => {
    expect(repairOf({ ...found, message: 'claimed for net/c1/eth0 500 s ago' }).id).toBe(repairOf(found).id);
  });
});
