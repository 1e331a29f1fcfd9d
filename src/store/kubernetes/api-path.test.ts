import { describe, expect, it } from 'vitest';
import { isIpamError } from '../../resources/errors.ts';
import { describeTarget, objectPath, type ResourceType, targetOf } from './api-path.ts';

const type = (more: Partial<ResourceType>): ResourceType => ({
  kind: 'Thing',
  apiVersion: 'g.example/v1',
  plural: 'things',
  namespaced: false,
  statusSubresource: true,
  ...more,
});

describe('paths of an API server', () => {
  it.each([
    [type({}), { name: 'a' }, '/apis/g.example/v1/things/a'],
    [type({ namespaced: true }), { name: 'a', namespace: 'n' }, '/apis/g.example/v1/namespaces/n/things/a'],
    [type({ apiVersion: 'v1', namespaced: true }), { name: 'a', namespace: 'n' }, '/api/v1/namespaces/n/things/a'],
  ])('lead to an object', (of, key, path) => {
    expect(objectPath(of, key)).toBe(path);
  });

  it('need a namespace exactly where the kind lives in one', () => {
    const refused = (action: () => string) =>
      expect(action).toThrow(expect.toSatisfy((error: unknown) => isIpamError(error, 'invalid-argument')));
    refused(() => objectPath(type({ namespaced: true }), { name: 'a' }));
    refused(() => objectPath(type({}), { name: 'a', namespace: 'n' }));
  });

  it.each([
    ['/api/v1/pods', 'pods'],
    ['/api/v1/nodes/one', 'nodes "one"'],
    ['/api/v1/namespaces', 'namespaces'],
    ['/api/v1/namespaces/default', 'namespaces "default"'],
    ['/api/v1/namespaces/default/pods/a', 'pods "a" in namespace "default"'],
    ['/api/v1/namespaces/default/pods/a/status?x=y', 'pods/status "a" in namespace "default"'],
    ['/apis/berth.network/v1alpha1/ipclaims/10.0.0.1', 'ipclaims.berth.network "10.0.0.1"'],
    [
      '/apis/spiderpool.spidernet.io/v2beta1/spiderippools/a/status',
      'spiderippools/status.spiderpool.spidernet.io "a"',
    ],
    ['/version', '-'],
  ])('%s is about %s', (path, described) => {
    expect(describeTarget(targetOf(path))).toBe(described);
  });
});
