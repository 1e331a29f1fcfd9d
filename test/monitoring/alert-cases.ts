/** Series as `promtool test rules` writes them: a value for each minute, from the first. */
export type Series = Readonly<Record<string, string>>;

/** When an alert fires, and when it does not although something is near. */
export interface AlertCase {
  readonly alert: string;
  readonly fires: {
    readonly when: string;
    readonly series: Series;
    /** After how long it is looked at, a duration of Prometheus. */
    readonly at: string;
    /** Beside `severity`. */
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
  };
  readonly silent: {
    readonly when: string;
    readonly series: Series;
    readonly at: string;
  };
}

/** A pool of a hundred addresses, of which so many are out for half an hour. */
function poolOut(out: number, pool = 'office'): Series {
  const series = (state: string) => `ipam_pool_ips{pool="${pool}",family="4",state="${state}",instance="a"}`;
  return { [series('used')]: `${out}x30`, [series('free')]: `${100 - out}x30` };
}

const office = { pool: 'office', family: '4' };
const node = { instance: 'node1', job: 'ipam-daemon' };
const of = (name: string, more = ''): string => `${name}{instance="node1",job="ipam-daemon"${more}}`;
const day = 86_400;

function thresholdCase(percent: number): AlertCase {
  return {
    alert: `BerthPoolAbove${percent}Percent`,
    fires: {
      when: `${percent} of a hundred addresses are out for ten minutes`,
      series: poolOut(percent),
      at: '10m',
      labels: office,
      summary: `Pool office (IPv4) is ${percent}% out`,
    },
    silent: { when: 'it is one address less', series: poolOut(percent - 1), at: '30m' },
  };
}

const pools: readonly AlertCase[] = [
  {
    alert: 'BerthPoolExhausted',
    fires: {
      when: 'no address is left of one family, and two tell of it while who speaks for all changes',
      series: {
        ...poolOut(100),
        'ipam_pool_ips{pool="office",family="4",state="used",instance="b"}': '100x30',
        'ipam_pool_ips{pool="office",family="4",state="free",instance="b"}': '0x30',
        'ipam_pool_ips{pool="office",family="6",state="free",instance="a"}': '18446744073709551616x30',
      },
      at: '2m',
      labels: office,
      summary: 'Pool office (IPv4) has no address, or no block, left',
    },
    silent: {
      when: 'one is left, and the pool of an application has none, as it is meant to be',
      series: { ...poolOut(99), ...poolOut(100, 'auto4-web-eth0-9a2b3') },
      at: '30m',
    },
  },
  thresholdCase(75),
  thresholdCase(85),
  thresholdCase(95),
  {
    alert: 'BerthPoolRunsOutWithinADay',
    fires: {
      when: 'it runs out in ten hours by the pace of the day, and never by that of the hour',
      series: {
        'ipam_pool_exhaustion_seconds{pool="office",window="day",bound="latest",instance="a"}': '36000x30',
        'ipam_pool_exhaustion_seconds{pool="office",window="hour",bound="latest",instance="a"}': '+Inf '.repeat(30),
      },
      at: '20m',
      labels: { pool: 'office' },
      summary: 'Pool office runs out within 10h 0m 0s',
    },
    silent: {
      when: 'it may, or may last for a week; and one that is full has its own alert',
      series: {
        'ipam_pool_exhaustion_seconds{pool="office",window="day",bound="earliest",instance="a"}': '3600x30',
        'ipam_pool_exhaustion_seconds{pool="office",window="day",bound="latest",instance="a"}': '604800x30',
        'ipam_pool_exhaustion_seconds{pool="full",window="day",bound="latest",instance="a"}': '0x30',
      },
      at: '30m',
    },
  },
];

const allocation: readonly AlertCase[] = [
  {
    alert: 'BerthAllocationErrors',
    fires: {
      when: 'two a minute are refused',
      series: { [of('ipam_ip_allocation_errors_total', ',code="pool-exhausted"')]: '0+2x30' },
      at: '20m',
      labels: { code: 'pool-exhausted' },
      summary: 'Addresses are refused: pool-exhausted, 20 times in ten minutes',
    },
    silent: {
      when: 'those of an hour ago stand there, and a daemon that starts has others come again',
      series: {
        [of('ipam_ip_allocation_errors_total', ',code="pool-exhausted"')]: '7x30',
        [of('ipam_ip_allocation_errors_total', ',code="not-ready"')]: '0+2x30',
      },
      at: '30m',
    },
  },
  {
    alert: 'BerthTargetDown',
    fires: {
      when: 'a daemon does not answer, as the Prometheus operator calls it',
      series: { 'up{job="berth-system/ipam-daemon",instance="node1"}': '0x30' },
      at: '6m',
      labels: { job: 'berth-system/ipam-daemon', instance: 'node1' },
      summary: 'berth-system/ipam-daemon on node1 does not answer',
    },
    silent: {
      when: 'it is restarted, and others are down',
      series: {
        'up{job="ipam-daemon",instance="node1"}': '1x5 0x3 1x30',
        'up{job="kubelet",instance="node1"}': '0x30',
      },
      at: '9m',
    },
  },
];

const store: readonly AlertCase[] = [
  {
    alert: 'BerthStoreUnreachable',
    fires: {
      when: 'it does not answer for three minutes',
      series: { [of('ipam_store_connected')]: '1x5 0x30' },
      at: '9m',
      labels: node,
      summary: 'The daemon on node1 does not reach the store',
    },
    silent: {
      when: 'a leader is elected meanwhile',
      series: { [of('ipam_store_connected')]: '1x5 0x1 1x30' },
      at: '7m',
    },
  },
  {
    alert: 'BerthStoreWentBack',
    fires: {
      when: 'what vanished is held back for six minutes',
      series: { [of('ipam_store_settling')]: '1x30' },
      at: '6m',
      labels: node,
      summary: 'The store of node1 has forgotten what it had shown',
    },
    silent: { when: 'it settles in four', series: { [of('ipam_store_settling')]: '1x3 0x30' }, at: '6m' },
  },
  {
    alert: 'BerthNoQuorum',
    fires: {
      when: 'two of three members are gone',
      series: { [of('ipam_raft_quorum')]: '1x3 0x30' },
      at: '6m',
      labels: node,
      summary: 'Member node1 sees no majority of the cluster',
    },
    silent: { when: 'one is gone', series: { [of('ipam_raft_quorum')]: '1x30' }, at: '30m' },
  },
  {
    alert: 'BerthMemberAlarm',
    fires: {
      when: 'its database is full',
      series: { [of('ipam_raft_alarms')]: '0x3 1x30' },
      at: '6m',
      labels: node,
      summary: 'The cluster of node1 has raised an alarm: no space, or a damaged member',
    },
    silent: { when: 'there is no alarm', series: { [of('ipam_raft_alarms')]: '0x30' }, at: '30m' },
  },
  {
    alert: 'BerthObjectsMalformed',
    fires: {
      when: 'two daemons see three claims that cannot be read',
      series: {
        [of('ipam_malformed_objects', ',kind="IPClaim"')]: '3x30',
        'ipam_malformed_objects{instance="node2",job="ipam-daemon",kind="IPClaim"}': '3x30',
      },
      at: '12m',
      labels: { kind: 'IPClaim' },
      summary: '3 IPClaim of the store cannot be used',
    },
    silent: {
      when: 'there were some',
      series: { [of('ipam_malformed_objects', ',kind="IPClaim"')]: '3x5 0x30' },
      at: '12m',
    },
  },
];

const addresses: readonly AlertCase[] = [
  {
    alert: 'BerthAddressesDoubled',
    fires: {
      when: 'a check has found two holders of one address',
      series: { [of('ipam_check_findings', ',kind="doubled"')]: '0x3 1x30' },
      at: '6m',
      labels: { ...node, kind: 'doubled' },
      summary: '1 addresses on node1 are held by two, or could be',
    },
    silent: {
      when: 'something else is found',
      series: {
        [of('ipam_check_findings', ',kind="doubled"')]: '0x30',
        [of('ipam_check_findings', ',kind="leaked"')]: '4x30',
      },
      at: '30m',
    },
  },
  {
    alert: 'BerthAddressesLost',
    fires: {
      when: 'another node has two addresses that are in use here',
      series: { [of('ipam_lost_addresses')]: '2x30' },
      at: '2m',
      labels: node,
      summary: "2 addresses in use on node1 are not the node's any more",
    },
    silent: { when: 'all are the own ones', series: { [of('ipam_lost_addresses')]: '0x30' }, at: '30m' },
  },
  {
    alert: 'BerthAddressesLeaked',
    fires: {
      when: 'four checks find the same',
      series: { [of('ipam_check_findings', ',kind="leaked"')]: '4x30' },
      at: '20m',
      labels: { ...node, kind: 'leaked' },
      summary: 'The check on node1 finds 4 addresses or objects that are leaked',
    },
    silent: {
      when: 'a round of garbage collection takes them back',
      series: { [of('ipam_check_findings', ',kind="leaked"')]: '4x10 0x30' },
      at: '20m',
    },
  },
  {
    alert: 'BerthCheckStale',
    fires: {
      when: 'the last one ended two hours ago',
      series: { [of('ipam_check_timestamp_seconds')]: '0x150' },
      at: '2h',
      labels: node,
      summary: 'No check of node1 has come to an end for 2h 0m 0s',
    },
    silent: {
      when: 'the last one ended five minutes ago',
      series: { [of('ipam_check_timestamp_seconds')]: '0x4 0+300x150' },
      at: '2h',
    },
  },
];

const upkeep: readonly AlertCase[] = [
  {
    alert: 'BerthCertificateExpiresSoon',
    fires: {
      when: 'six days are left',
      series: { [of('ipam_certificate_expiry_timestamp_seconds')]: `${6 * day + 7_200}x150` },
      at: '2h',
      labels: node,
      summary: 'The certificate of node1 expires in 6d 0h 0m 0s',
    },
    silent: {
      when: 'eight days are left',
      series: { [of('ipam_certificate_expiry_timestamp_seconds')]: `${8 * day}x150` },
      at: '2h',
    },
  },
  {
    alert: 'BerthCertificateExpires',
    fires: {
      when: 'an hour is left',
      series: { [of('ipam_certificate_expiry_timestamp_seconds')]: '4200x30' },
      at: '10m',
      labels: node,
      summary: 'The certificate of node1 expires in 1h 0m 0s, or has',
    },
    silent: {
      when: 'two days are left',
      series: { [of('ipam_certificate_expiry_timestamp_seconds')]: `${2 * day}x30` },
      at: '10m',
    },
  },
  {
    alert: 'BerthVersionsApart',
    fires: {
      when: 'an upgrade stops halfway',
      series: {
        'ipam_build_info{version="0.1.0",nodejs="v24",instance="node1"}': '1x150',
        'ipam_build_info{version="0.2.0",nodejs="v24",instance="node2"}': '1x150',
      },
      at: '2h',
      labels: {},
      summary: '2 versions of Berth run side by side',
    },
    silent: {
      when: 'another cluster has another version, and one version two builds of Node.js',
      series: {
        'ipam_build_info{version="0.1.0",nodejs="v24",instance="node1",namespace="a"}': '1x150',
        'ipam_build_info{version="0.1.0",nodejs="v26",instance="node3",namespace="a"}': '1x150',
        'ipam_build_info{version="0.2.0",nodejs="v24",instance="node2",namespace="b"}': '1x150',
      },
      at: '2h',
    },
  },
  {
    alert: 'BerthControllerHasNoLeader',
    fires: {
      when: 'both replicas stand by',
      series: { 'ipam_controller_leader{instance="a"}': '0x30', 'ipam_controller_leader{instance="b"}': '0x30' },
      at: '5m',
      labels: {},
      summary: 'No ipam-controller leads',
    },
    silent: {
      when: 'one leads, and the other stands by',
      series: { 'ipam_controller_leader{instance="a"}': '0x30', 'ipam_controller_leader{instance="b"}': '1x30' },
      at: '30m',
    },
  },
  {
    alert: 'BerthRoutesNotCurrent',
    fires: {
      when: 'BIRD refuses its file',
      series: { [of('ipam_bgp_current')]: '1x3 0x30' },
      at: '10m',
      labels: node,
      summary: 'BIRD on node1 does not go by what the node has to announce',
    },
    silent: { when: 'it is told anew', series: { [of('ipam_bgp_current')]: '1x3 0x2 1x30' }, at: '10m' },
  },
];

export const alertCases: readonly AlertCase[] = [...pools, ...allocation, ...store, ...addresses, ...upkeep];
