import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { apiError } from '../store/kubernetes/api-error.ts';
import { KubernetesLiveCluster } from './kubernetes-live-cluster.ts';

const kruise = { kind: 'StatefulSet.apps.kruise.io', name: 'db' };
const [beta, alpha] = ['v1beta1', 'v1alpha1'].map(
  (version) => `/apis/apps.kruise.io/${version}/namespaces/shop/statefulsets/db`,
);

/** An API server that serves these paths, and has these objects. */
function asking(
  served: readonly (string | undefined)[],
  objects: Readonly<Record<string, object>> = {},
): KubernetesLiveCluster {
  const refused = new IpamError('store-unavailable', 'nobody asks');
  const client = {
    get: async <T>(path: string): Promise<T | undefined> => {
      const target = { group: '', resource: 'statefulsets', subresource: '', namespace: 'shop', name: 'db' };
      if (!served.includes(path)) throw apiError('get', target, 404, undefined);
      return objects[path] as T | undefined;
    },
    list: () => Promise.reject(refused),
    create: () => Promise.reject(refused),
  };
  return new KubernetesLiveCluster({ client, component: 'test', now: () => 0 });
}

describe('an owner of a kind with several versions', () => {
  const object = { metadata: {}, spec: { replicas: 2 } };
  it.each<[string, KubernetesLiveCluster, object | 'unknown' | undefined]>([
    ['is found in the version that is served', asking([alpha], { [alpha ?? '']: object }), { replicas: 2 }],
    ['is gone when the only version that is served has none', asking([beta]), undefined],
    ['is gone when both are served and have none', asking([beta, alpha]), undefined],
    ['is unknown when its kind is not served', asking([]), 'unknown'],
  ])('%s', async (_, live, expected) => {
    const found = await live.owner(kruise, 'shop');
    if (typeof expected === 'object') expect(found).toMatchObject(expected);
    else expect(found).toBe(expected);
  });

  it('is not gone because the API server does not answer', async () => {
    const error = new IpamError('store-unavailable', 'no answer');
    const client = {
      get: () => Promise.reject(error),
      list: () => Promise.reject(error),
      create: () => Promise.reject(error),
    };
    const live = new KubernetesLiveCluster({ client, component: 'test', now: () => 0 });
    await expect(live.owner(kruise, 'shop')).rejects.toBe(error);
  });
});

describe('who keeps Pods whose addresses stay', () => {
  const [machine = '', instance = ''] = ['virtualmachines', 'virtualmachineinstances'].map(
    (plural) => `/apis/kubevirt.io/v1/namespaces/shop/${plural}/vm`,
  );
  const vm = { kind: 'VirtualMachine', name: 'vm' };
  const there = { metadata: { name: 'vm' } };

  it.each<[string, Readonly<Record<string, object>>, object | undefined]>([
    ['a virtual machine is there', { [machine]: there }, { isDeleting: false }],
    ['an instance that no machine keeps is there', { [instance]: there }, { isDeleting: false }],
    ['neither is there', {}, undefined],
  ])('%s', async (_, objects, expected) => {
    const found = await asking([machine, instance], objects).owner(vm, 'shop');
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it('is unknown, and not asked for, when it is of a kind that nobody here knows', async () => {
    expect(await asking([]).owner({ kind: 'Fleet.berths.example.org', name: 'web' }, 'shop')).toBe('unknown');
  });

  it("passes over the ordinals that OpenKruise's StatefulSet reserves, as far as they can be read", async () => {
    const spec = { replicas: 2, reserveOrdinals: [1, '3-5', 'x', '7-', -2] };
    const found = await asking([beta], { [beta ?? '']: { metadata: {}, spec } }).owner(kruise, 'shop');
    expect((found as { readonly skips: unknown }).skips).toEqual([
      [1, 1],
      [3, 5],
    ]);
  });
});
