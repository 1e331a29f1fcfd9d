import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { describe, expect, it } from 'vitest';
import { roles } from '../tls/identity.ts';
import { mayActFor } from './caller.ts';
import { mayCall, permissions } from './permissions.ts';
import { packageDefinition } from './proto.ts';

const methodsOf = (definition: object): readonly string[] =>
  Object.values(definition)
    .filter((service): service is ServiceDefinition => !('format' in service))
    .flatMap((service) => Object.values(service).map(({ path }) => path));

describe('the table of permissions', () => {
  it('knows every method of the contract and of health', () => {
    const methods = [...methodsOf(packageDefinition), ...methodsOf(loadSync(protoPath))];
    expect(methods.length).toBeGreaterThan(20);
    expect(methods.filter((method) => !Object.hasOwn(permissions, method))).toEqual([]);
  });

  it('refuses what it does not know, to everybody', () => {
    for (const role of ['anonymous', ...roles] as const) {
      expect(mayCall(role, '/ipam.IPAM/Invented')).toBe(false);
      expect(mayCall(role, 'toString')).toBe(false);
    }
  });

  const writes = Object.keys(permissions).filter((method) =>
    /\/(Allocate|Release|Forget|Quarantine|Lift|Apply|Delete|Create|Update|Join|Add|Remove|Promote|Snapshot)/.test(
      method,
    ),
  );
  it.each(['anonymous', 'viewer'] as const)('lets %s write nothing', (role) => {
    expect(writes.length).toBeGreaterThan(15);
    expect(writes.filter((method) => mayCall(role, method))).toEqual([]);
  });

  it('lets an admin call everything', () => {
    expect(Object.keys(permissions).filter((method) => !mayCall('admin', method))).toEqual([]);
  });

  it('gives an operator what a viewer has, and a member what a node has', () => {
    for (const method of Object.keys(permissions)) {
      if (mayCall('viewer', method)) expect(mayCall('operator', method), method).toBe(true);
      if (mayCall('node', method)) expect(mayCall('member', method), method).toBe(true);
    }
  });

  it.each([
    ['node', 'node1', true],
    ['node', 'node2', false],
    ['node', '', false],
    ['member', 'node2', false],
    ['operator', 'node2', true],
    ['admin', 'node2', true],
  ] as const)('%s "node1" acts for node "%s": %s', (role, node, allowed) => {
    expect(mayActFor({ name: 'node1', role, via: 'tls', address: '192.0.2.1' }, node)).toBe(allowed);
  });
});
