import { describe, expect, it } from 'vitest';
import { CallLimits, costOf } from './call-limits.ts';
import type { Caller } from './caller.ts';
import { permissions } from './permissions.ts';

const stranger = (address: string): Caller => ({ name: address, role: 'anonymous', via: 'plain', address });
const known = (name: string): Caller => ({ name, role: 'viewer', via: 'tls', address: '192.0.2.1' });
const list = '/ipam.IPAM/ListAllocations';

describe('limits of calls under way', () => {
  it('let a stranger have two over everything held, and another one too', () => {
    const limits = new CallLimits();
    const leave = limits.enter(stranger('192.0.2.1'), list);
    limits.enter(stranger('192.0.2.1'), '/ipam.IPAM/Check');
    expect(() => limits.enter(stranger('192.0.2.1'), '/ipam.Resources/List')).toThrow('are under way');
    limits.enter(stranger('192.0.2.1'), '/ipam.IPAM/GetVersion');
    limits.enter(stranger('192.0.2.2'), list);
    leave();
    leave();
    limits.enter(stranger('192.0.2.1'), list);
    expect(() => limits.enter(stranger('192.0.2.1'), list)).toThrow('are under way');
  });

  it('hold for all strangers together, and leave room for those with certificates', () => {
    const limits = new CallLimits();
    const enter = (index: number) => limits.enter(stranger(`192.0.2.${index}`), list);
    for (let index = 0; index < 8; index += 1) enter(index);
    expect(() => enter(9)).toThrow('callers who are not known');
    for (let call = 0; call < 16; call += 1) limits.enter(known('alice'), list);
    expect(() => limits.enter(known('alice'), list)).toThrow('of one client');
    limits.enter(known('bob'), list);
  });

  it('take the addresses of one IPv6 network for one', () => {
    const limits = new CallLimits();
    limits.enter(stranger('2001:db8::1'), list);
    limits.enter(stranger('2001:db8::2'), list);
    expect(() => limits.enter(stranger('2001:db8::3'), list)).toThrow('of one client');
  });

  it('know what every method costs that walks over everything or stays', () => {
    const light = Object.keys(permissions).filter((method) => costOf(method) === 'light');
    expect(light.filter((method) => /List|Watch|Check|Stats|Snapshot|Announce|Reflection/.test(method))).toEqual([
      '/ipam.Cluster/ListMembers',
      '/grpc.health.v1.Health/Check',
      '/grpc.health.v1.Health/List',
    ]);
  });
});
