import { describe, expect, it } from 'vitest';
import { formatPrefix } from '../ip/prefix.ts';
import { type CiliumFlags, ciliumConfig } from './cilium-config.ts';

const config = (flags: CiliumFlags = {}, environment: Readonly<Record<string, string>> = {}, file = '') =>
  ciliumConfig(file, 'cilium.yaml', flags, environment);

describe('the configuration of cilium-ipam-controller', () => {
  it('is what it says of itself when nothing is said', () => {
    expect(config()).toMatchObject({
      labelSelector: { matchLabels: { noStatic: 'true' } },
      ...{ rate: 255, max: 255, enableIPv6: false, enableStaticPodIPv6: false, excludedPrefixes: [] },
      ...{ enableLeaderElection: true, leaseName: 'cilium-ipam-leader', namespace: undefined },
      ...{ leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000, terminationMs: 1_800_000, logLevel: 'info' },
      ...{ pools: [], families: [4], fixedFamilies: [4] },
    });
  });

  it('is that of a small cluster', () => {
    const { labelSelector, rate, max, pools } = config({
      labelSector: '{"matchLabels":{"fixed-ip":"true"}}',
      ...{ ipRateNum: '10', maxAllocatedIP: '50' },
      ...{ clusterPoolIpv4Cidr: '192.168.0.0/16', clusterPoolIpv4MaskSize: '24' },
    });
    expect([labelSelector, rate, max]).toEqual([{ matchLabels: { 'fixed-ip': 'true' } }, 10, 50]);
    expect(pools.map(({ cidr, maskSize }) => [formatPrefix(cidr), maskSize])).toEqual([['192.168.0.0/16', 24]]);
  });

  it('is that of both families', () => {
    const { families, fixedFamilies, pools } = config({
      ...{ enableIPv6: 'true', enableStaticPodIPv6: 'true' },
      ...{
        clusterPoolIpv4Cidr: '10.240.0.0/16',
        clusterPoolIpv6Cidr: 'fd00:240::/120',
        clusterPoolIpv6MaskSize: '124',
      },
    });
    expect([families, fixedFamilies, pools.length]).toEqual([[4, 6], [4, 6], 2]);
  });

  it('leaves Pods out', () =>
    expect(config({ excludeDbbranchPrefixs: 'test-,staging-' }).excludedPrefixes).toEqual(['test-', 'staging-']));

  it('is read from the environment where neither flag nor file says it', () => {
    const environment = {
      ...{ CLUSTER_POOL_IPV4_CIDR: '10.1.0.0/16', CLUSTER_POOL_IPV4_MASK_SIZE: '25' },
      ...{ CLUSTER_POOL_IPV6_CIDR: '', POD_NAMESPACE: 'kube-system', KUBECONFIG: '/etc/kubernetes/scheduler.conf' },
    };
    const said = config({ clusterPoolIpv4MaskSize: '26' }, environment);
    expect(said).toMatchObject({ namespace: 'kube-system', kubeconfig: '/etc/kubernetes/scheduler.conf' });
    expect(said.pools.map(({ cidr, maskSize }) => [formatPrefix(cidr), maskSize])).toEqual([['10.1.0.0/16', 26]]);
    expect(config({}, environment, 'leaderElection: {namespace: ours}').namespace).toBe('ours');
  });

  it('is that of IPv6 alone', () => {
    const flags = { enableIPv6: 'true', enableStaticPodIPv6: 'true', clusterPoolIpv6Cidr: 'fd00::/112' };
    expect(config(flags)).toMatchObject({ families: [6], fixedFamilies: [6] });
  });

  it.each(
    [0, 1, 2, 3, 4, 5, 6].map((n, index) => [n, ['error', 'error', 'error', 'warn', 'info', 'debug', 'debug'][index]]),
  )('has level %s of the log as %s', (level, expected) =>
    expect(config({ logLevel: String(level) }).logLevel).toBe(expected),
  );

  it.each<[string, CiliumFlags, string]>([
    ['a selector that is none', { labelSector: 'app=db' }, 'labelSelector'],
    ['a level that there is not', { logLevel: '7' }, 'logging.level'],
    ['a truth that is none', { enableIPv6: 'yes' }, 'enableIPv6'],
    ['a network that is none', { clusterPoolIpv4Cidr: '10.0.0.1/16' }, 'not a network: 10.0.0.1/16'],
    ['a network of the other family', { clusterPoolIpv4Cidr: 'fd00::/64' }, 'is not IPv4'],
    [
      'a subnet that is larger than its network',
      { clusterPoolIpv4Cidr: '10.0.0.0/24', clusterPoolIpv4MaskSize: '16' },
      'no part of',
    ],
    ['IPv6 that stays where there is none', { enableStaticPodIPv6: 'true' }, 'without enableIPv6'],
    ['a leader that outstays its lease', { leaderElectionRenewDeadline: '20s' }, 'leaderElection'],
  ])('is refused for %s', (_what, flags, says) => expect(() => config(flags)).toThrow(says));
});
