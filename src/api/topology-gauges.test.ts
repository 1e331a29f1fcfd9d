import { Registry } from '@prometheus-io/client';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../ip/prefix.ts';
import type { PoolFigures } from '../ipam/figures.ts';
import { subnetPoolName } from '../resources/topology/subnet-pool.ts';
import { loadTopology } from '../topology/load.ts';
import { PoolGauges } from './pool-gauges.ts';

const { topology } = loadTopology(
  `zones:
- id: zone-a
  pods:
  - id: pod-1
    tors:
    - id: tor-1
      subnets: [{cidr: 10.0.0.0/24}, {cidr: 10.0.1.0/24, purpose: storage}, {cidr: 2001:db8::/64}]
    - {id: tor-2}
  - {id: pod-2, subnets: [{cidr: 10.0.9.0/24}]}
- id: zone-b
`,
  'dc.yaml',
);
const census = { topology, nodes: new Map([['tor-1', 40]]) };

function figures(cidr: string, total: bigint, free: bigint): PoolFigures {
  const subnet = parsePrefix(cidr);
  const states = { used: total - free, parked: 0n, leased: 0n, free };
  return { pool: subnetPoolName(subnet), family: subnet.address.family, subnet, total, states };
}

const pools = [
  figures('10.0.0.0/24', 250n, 50n),
  figures('10.0.1.0/24', 250n, 250n),
  figures('10.0.9.0/24', 250n, 125n),
];

async function shown(...of: Parameters<PoolGauges['show']>): Promise<readonly string[]> {
  const registry = new Registry();
  const gauges = new PoolGauges(registry);
  gauges.show(pools, census);
  gauges.show(...of);
  return (await registry.metrics()).split('\n').filter((line) => /^ipam_(?!pool_ips)/.test(line));
}

describe('the gauges of a data centre', () => {
  it('have the names that users of topology-aware IPAM know, and the families apart', async () => {
    expect(await shown(pools, census)).toEqual([
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.0.0/24",tor_id="tor-1"} 0.8',
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.1.0/24",tor_id="tor-1"} 0',
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.9.0/24",tor_id=""} 0.5',
      'ipam_zones_total 2',
      'ipam_pods_total{zone_id="zone-a"} 2',
      'ipam_pods_total{zone_id="zone-b"} 0',
      'ipam_tors_total{pod_id="pod-1"} 2',
      'ipam_tors_total{pod_id="pod-2"} 0',
      'ipam_nodes_total{tor_id="tor-1"} 40',
      'ipam_nodes_total{tor_id="tor-2"} 0',
      'ipam_tor_subnets_total{tor_id="tor-1",purpose="default"} 2',
      'ipam_tor_subnets_total{tor_id="tor-1",purpose="storage"} 1',
      'ipam_tor_ip_capacity{tor_id="tor-1",family="4"} 500',
      // Its pool is not there yet.
      'ipam_tor_ip_capacity{tor_id="tor-1",family="6"} 0',
      'ipam_tor_ip_used{tor_id="tor-1",family="4"} 200',
      'ipam_tor_ip_used{tor_id="tor-1",family="6"} 0',
      'ipam_tor_ip_available{tor_id="tor-1",family="4"} 300',
      'ipam_tor_ip_available{tor_id="tor-1",family="6"} 0',
    ]);
  });

  it('are not shown where there is no topology, or another speaks', async () => {
    expect(await shown(pools)).toEqual([
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.0.0/24",tor_id=""} 0.8',
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.1.0/24",tor_id=""} 0',
      'ipam_subnet_usage_ratio{subnet_cidr="10.0.9.0/24",tor_id=""} 0.5',
    ]);
    expect(await shown(undefined, census)).toEqual([]);
  });
});
