import { describe, expect, it } from 'vitest';
import { interfaceIndex, interfaceNetwork } from './interfaces.ts';

const pod = { namespace: 'shop', name: 'web-0', uid: 'u1' };
const networks = 'k8s.v1.cni.cncf.io/networks';
const defaultNetwork = 'v1.multus-cni.io/default-network';

type Case = readonly [which: string, annotations: Record<string, string>, ifname: string];

describe('the network behind an interface', () => {
  it.each<readonly [...Case, string | undefined]>([
    ['of net1, the first that the Pod lists', { [networks]: 'net/macvlan, vlan7@data0' }, 'net1', 'net/macvlan'],
    ["of a named interface, in the Pod's own namespace", { [networks]: 'a, vlan7@data0' }, 'data0', 'shop/vlan7'],
    ['of eth0, by its own annotation', { [defaultNetwork]: 'macvlan' }, 'eth0', 'kube-system/macvlan'],
    ['of eth0, that nothing tells', { [networks]: 'net/macvlan' }, 'eth0', undefined],
    ['of an interface that the Pod does not list', { [networks]: 'net/macvlan' }, 'net2', undefined],
  ])('%s', (_which, annotations, ifname, network) => {
    expect(interfaceNetwork({ pod, ifname, annotations })).toBe(network);
  });
});

describe('the place of an interface', () => {
  it.each<readonly [...Case, number | undefined]>([
    ['of eth0 is the first', { [networks]: 'a' }, 'eth0', 0],
    ['of a named interface is that in the list', { [networks]: 'a,b@data0' }, 'data0', 2],
    ['of net2 is told by its name where no list does', {}, 'net2', 2],
    ['of net0 is none', {}, 'net0', undefined],
    ['of net100 is none', {}, 'net100', undefined],
  ])('%s', (_which, annotations, ifname, index) => {
    expect(interfaceIndex({ pod, ifname, annotations })).toBe(index);
  });
});
