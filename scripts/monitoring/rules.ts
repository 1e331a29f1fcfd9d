import type { Alert, Group, Recording, Severity } from './rule.ts';

/**
 * Pools that the controller makes for one application are as large as it needs, and full is how they are meant to be
 * (docs/spider-subnet.md). Everything else that is full is worth a look.
 */
const peoplesPools = 'pool!~"auto[46]-.*"';

/**
 * Of pools. While who speaks for them changes, two may show the same figures for a moment: the larger is taken, and not their sum.
 * `namespace` tells clusters in one Prometheus apart where it is there.
 */
const recordings: readonly Recording[] = [
  {
    record: 'berth:pool_ips:sum',
    expr: 'sum by (namespace, pool, family) (max by (namespace, pool, family, state) (ipam_pool_ips))',
  },
  {
    record: 'berth:pool_free_ips:max',
    expr: 'max by (namespace, pool, family) (ipam_pool_ips{state="free"})',
  },
  {
    record: 'berth:pool_usage:ratio',
    expr: '1 - berth:pool_free_ips:max / (berth:pool_ips:sum > 0)',
  },
  {
    record: 'berth:pool_exhaustion_seconds:min',
    expr: 'min by (namespace, pool) (ipam_pool_exhaustion_seconds{window=~"hour|day", bound="latest"})',
  },
  {
    record: 'berth:allocation_errors:increase10m',
    expr: 'sum by (namespace, code) (increase(ipam_ip_allocation_errors_total[10m]))',
  },
];

function poolAbove(percent: number, severity: Severity): Alert {
  return {
    alert: `BerthPoolAbove${percent}Percent`,
    expr: `berth:pool_usage:ratio{${peoplesPools}} >= ${percent / 100}`,
    for: '5m',
    severity,
    summary: 'Pool {{ $labels.pool }} (IPv{{ $labels.family }}) is {{ $value | humanizePercentage }} out',
    description: `Of the addresses that Pods can get of the pool ${percent} % and more are out: used, kept for a Pod, or in a leased block.`,
  };
}

const pools: readonly Alert[] = [
  {
    alert: 'BerthPoolExhausted',
    expr: `berth:pool_usage:ratio{${peoplesPools}} >= 1`,
    for: '1m',
    severity: 'critical',
    summary: 'Pool {{ $labels.pool }} (IPv{{ $labels.family }}) has no address, or no block, left',
    description: 'Pods that must have an address of this pool do not start.',
  },
  poolAbove(75, 'info'),
  poolAbove(85, 'warning'),
  poolAbove(95, 'critical'),
  {
    alert: 'BerthPoolRunsOutWithinADay',
    expr: `(berth:pool_exhaustion_seconds:min{${peoplesPools}} > 0) < 86400`,
    for: '15m',
    severity: 'warning',
    summary: 'Pool {{ $labels.pool }} runs out within {{ $value | humanizeDuration }}',
    description:
      'At the pace of the last hour or day no address, or no block, is left by then, however uneven the pace was.',
  },
];

const allocation: readonly Alert[] = [
  {
    alert: 'BerthAllocationErrors',
    // What comes while a daemon starts is asked for again, and is had then.
    expr: 'berth:allocation_errors:increase10m{code!="not-ready"} > 0',
    for: '5m',
    severity: 'warning',
    summary: 'Addresses are refused: {{ $labels.code }}, {{ $value | humanize }} times in ten minutes',
    description: 'Pods wait in ContainerCreating, and the runtime asks again and again. The code says why.',
  },
  {
    alert: 'BerthTargetDown',
    expr: 'up{job=~"(.*/)?ipam-(daemon|controller)"} == 0',
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.job }} on {{ $labels.instance }} does not answer',
    description:
      'No Pod starts or ends on a node without its daemon. Without a controller nothing is cleaned up, and no pool can be changed.',
  },
];

const store: readonly Alert[] = [
  {
    alert: 'BerthStoreUnreachable',
    expr: 'ipam_store_connected == 0',
    for: '2m',
    severity: 'critical',
    summary: 'The daemon on {{ $labels.instance }} does not reach the store',
    description:
      'Addresses of leased blocks are given all the same, until the blocks are full. Of shared pools none is given.',
  },
  {
    alert: 'BerthStoreWentBack',
    expr: 'ipam_store_settling == 1',
    for: '5m',
    severity: 'critical',
    summary: 'The store of {{ $labels.instance }} has forgotten what it had shown',
    description:
      'A backup was put back, or a member was lost with what it alone had. What vanished is held back until it is certain.',
  },
  {
    alert: 'BerthNoQuorum',
    expr: 'ipam_raft_quorum == 0',
    for: '1m',
    severity: 'critical',
    summary: 'Member {{ $labels.instance }} sees no majority of the cluster',
    description: 'Nothing can be written: no block is leased and no address of a shared pool is given.',
  },
  {
    alert: 'BerthMemberAlarm',
    expr: 'ipam_raft_alarms > 0',
    for: '1m',
    severity: 'critical',
    summary: 'The cluster of {{ $labels.instance }} has raised an alarm: no space, or a damaged member',
    description: 'Until the alarm is disarmed nothing can be written.',
  },
  {
    alert: 'BerthObjectsMalformed',
    expr: 'max by (namespace, kind) (ipam_malformed_objects) > 0',
    for: '10m',
    severity: 'warning',
    summary: '{{ $value }} {{ $labels.kind }} of the store cannot be used',
    description:
      'What such an object says does not hold: a pool gives nothing, a reservation that cannot be read stops its pools.',
  },
];

const addresses: readonly Alert[] = [
  {
    alert: 'BerthAddressesDoubled',
    expr: 'ipam_check_findings{kind="doubled"} > 0',
    for: '1m',
    severity: 'critical',
    summary: '{{ $value }} addresses on {{ $labels.instance }} are held by two, or could be',
    description:
      'Two Pods with one address answer for each other. The daemon has looked three times before it said so.',
  },
  {
    alert: 'BerthAddressesLost',
    expr: 'ipam_lost_addresses > 0',
    for: '1m',
    severity: 'critical',
    summary: "{{ $value }} addresses in use on {{ $labels.instance }} are not the node's any more",
    description: 'They were given to somebody else while the store had forgotten them.',
  },
  {
    alert: 'BerthAddressesLeaked',
    expr: 'ipam_check_findings{kind!="doubled"} > 0',
    for: '15m',
    severity: 'warning',
    summary: 'The check on {{ $labels.instance }} finds {{ $value }} addresses or objects that are {{ $labels.kind }}',
    description: 'Addresses that nobody has are taken, or what a daemon says is not what it would say after a crash.',
  },
  {
    alert: 'BerthCheckStale',
    expr: 'time() - ipam_check_timestamp_seconds > 3600',
    for: '5m',
    severity: 'warning',
    summary: 'No check of {{ $labels.instance }} has come to an end for {{ $value | humanizeDuration }}',
    description:
      'Daemons check themselves every five minutes. While one does not, doubled and leaked addresses go unseen.',
  },
];

const upkeep: readonly Alert[] = [
  {
    alert: 'BerthCertificateExpiresSoon',
    expr: 'ipam_certificate_expiry_timestamp_seconds - time() < 7 * 86400',
    for: '1h',
    severity: 'warning',
    summary: 'The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}',
    description:
      'What renews it has not done so: certificates of daemons in Kubernetes have ten days and more left when all is well.',
  },
  {
    alert: 'BerthCertificateExpires',
    expr: 'ipam_certificate_expiry_timestamp_seconds - time() < 86400',
    for: '5m',
    severity: 'critical',
    summary: 'The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}, or has',
    description: 'With an expired one no other daemon, member or API server speaks with it.',
  },
  {
    alert: 'BerthVersionsApart',
    expr: 'count by (namespace) (count by (namespace, version) (ipam_build_info)) > 1',
    for: '1h',
    severity: 'warning',
    summary: '{{ $value }} versions of Berth run side by side',
    description: 'Versions next to each other work together while an upgrade goes on. One that has not ended is stuck.',
  },
  {
    alert: 'BerthControllerHasNoLeader',
    expr: 'sum by (namespace) (ipam_controller_leader) == 0',
    for: '2m',
    severity: 'critical',
    summary: 'No ipam-controller leads',
    description: 'Nothing is taken back from lost nodes, no pool of an application grows, and no status is written.',
  },
  {
    alert: 'BerthRoutesNotCurrent',
    expr: 'ipam_bgp_current == 0',
    for: '5m',
    severity: 'warning',
    summary: 'BIRD on {{ $labels.instance }} does not go by what the node has to announce',
    description: 'New Pods of the node may not be reachable from other nodes.',
  },
];

/** All rules, in the order in which they are evaluated. */
export const groups: readonly Group[] = [
  { name: 'berth.recordings', rules: recordings },
  { name: 'berth.pools', rules: pools },
  { name: 'berth.allocation', rules: allocation },
  { name: 'berth.store', rules: store },
  { name: 'berth.addresses', rules: addresses },
  { name: 'berth.upkeep', rules: upkeep },
];

export const alerts: readonly Alert[] = [...pools, ...allocation, ...store, ...addresses, ...upkeep];
