import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import { ControllerLease, leaseText } from './controller-lease.ts';

const now = Date.parse('2026-01-01T00:01:00Z');
const place = { namespace: 'berth-system', name: 'ipam-controller' };
const clock = { now: () => now, elapsed: () => now, pause: async () => {} };

describe('what is said of the controller while its work is waited for', () => {
  it.each([
    ['none was ever there', undefined, 'none has ever led (there is no Lease berth-system/ipam-controller)'],
    [
      'one leads',
      { spec: { holderIdentity: 'a_1', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:50.000000Z' } },
      'a_1 leads',
    ],
    [
      'the last one is silent',
      { spec: { holderIdentity: 'a_1', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:20.000000Z' } },
      'none leads: a_1 has not renewed Lease berth-system/ipam-controller for 40 s',
    ],
    [
      'the last one let go',
      { spec: { holderIdentity: '', leaseDurationSeconds: 1, renewTime: '2026-01-01T00:00:20.000000Z' } },
      'none leads for 40 s (Lease berth-system/ipam-controller has no holder)',
    ],
    ['the lease says nothing', {}, 'none leads (Lease berth-system/ipam-controller has no holder)'],
  ])('%s', (_, lease, expected) => {
    expect(leaseText(lease, 'berth-system/ipam-controller', now)).toBe(expected);
  });

  it('is read of the Lease that this one competes for, wherever it is', async () => {
    const asked: string[] = [];
    const client = { get: async (path: string) => void asked.push(path) };
    const other = new ControllerLease(client, { namespace: 'net', name: 'our-ipam' }, clock);
    expect(await other.state()).toBe('none has ever led (there is no Lease net/our-ipam)');
    expect(asked).toEqual(['/apis/coordination.k8s.io/v1/namespaces/net/leases/our-ipam']);
  });

  it('is that nobody knows where the API server does not tell', async () => {
    const client = { get: () => Promise.reject(new IpamError('permission-denied', 'leases are forbidden')) };
    expect(await new ControllerLease(client, place, clock).state()).toBe(
      'whether one leads is not known (leases are forbidden)',
    );
  });
});
