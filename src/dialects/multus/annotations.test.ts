import { describe, expect, it } from 'vitest';
import { defaultNetworkOf, networksOf } from './annotations.ts';

const pod = 'Pod "shop/web-0"';
const networks = (text: string) =>
  networksOf({ 'k8s.v1.cni.cncf.io/networks': text }, 'shop', pod).map(
    ({ namespace, name, interface: ifname }) => `${namespace}/${name}@${ifname ?? ''}`,
  );

describe("a Pod's Multus networks", () => {
  it.each([
    ['', []],
    ['macvlan', ['shop/macvlan@']],
    ['kube-system/macvlan@eth1, vlan7', ['kube-system/macvlan@eth1', 'shop/vlan7@']],
    ['[{"name":"macvlan","namespace":"net","interface":"eth1","mac":"02:00:00:00:00:01"}]', ['net/macvlan@eth1']],
    ['[{"name":"macvlan","namespace":"","interface":""}]', ['shop/macvlan@']],
  ])('are read from %j', (text, selections) => {
    expect(networks(text)).toEqual(selections);
  });

  it.each([
    ['a/b/c', /"a\/b\/c" is not namespace\/name@interface/],
    ['a@b@c', /is not namespace\/name@interface/],
    ['a,,b', /"" is not namespace/],
    ['[{"name":""}]', /0\.name/],
    ['[{]', /not JSON/],
  ])('are refused when they are %j', (text, says) => {
    expect(() => networks(text)).toThrow(says);
    expect(() => networks(text)).toThrow(`${pod}: annotation k8s.v1.cni.cncf.io/networks: `);
  });

  it('put the default network into the system namespace when it names none', () => {
    const annotations = { 'v1.multus-cni.io/default-network': 'macvlan' };
    expect(defaultNetworkOf(annotations, pod)).toMatchObject({ namespace: 'kube-system', name: 'macvlan' });
    expect(defaultNetworkOf({}, pod)).toBeUndefined();
  });
});
