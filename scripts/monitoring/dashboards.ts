import { type Dashboard, lines, number, type Query } from './panel.ts';

const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

/** The median and the slowest hundredth. */
function quantiles(metric: string, by = ''): readonly Query[] {
  const of = by === '' ? '' : `{{${by}}} `;
  const labels = by === '' ? 'le' : `le, ${by}`;
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${labels}) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: `${of}p${quantile * 100}`,
  }));
}

const day = 86_400;

const pools: Dashboard = {
  uid: 'berth-pools',
  title: 'Berth: pools',
  choices: [{ label: 'pool', metric: 'ipam_pool_ips' }],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          ...number('Alerts', 'short', 'count(ALERTS{alertname=~"Berth.*",alertstate="firing"}) or vector(0)'),
          bounds: [1, 5],
        },
        {
          ...number('Fullest pool', 'percentunit', 'max(berth:pool_usage:ratio{pool=~"$pool"})'),
          bounds: [0.75, 0.95],
        },
        {
          ...number('First to run out', 's', 'min(berth:pool_exhaustion_seconds:min{pool=~"$pool"})'),
          ...{ bounds: [day, 7 * day], isLowBad: true },
        },
        number('Addresses in use', 'short', 'sum(ipam_used_ips{pool=~"$pool"})'),
      ],
    },
    {
      title: 'How full, and for how long',
      panels: [
        {
          ...{ title: 'Out, by pool', kind: 'bargauge', unit: 'percentunit', width: 12, bounds: [0.75, 0.95] },
          description: 'Used, kept for a Pod, or in a leased block, of what Pods can get.',
          queries: [{ expr: 'sort_desc(berth:pool_usage:ratio{pool=~"$pool"})', legend: '{{pool}} IPv{{family}}' }],
        },
        {
          ...{
            title: 'Time left, by pool',
            kind: 'bargauge',
            unit: 's',
            width: 12,
            bounds: [day, 7 * day],
            isLowBad: true,
          },
          description:
            'At the pace of the last hour or day, whichever is faster; pools that do not run out are not shown.',
          queries: [{ expr: 'sort(berth:pool_exhaustion_seconds:min{pool=~"$pool"} < Inf)', legend: '{{pool}}' }],
        },
        {
          ...lines('Where addresses are', 'short', 12, {
            expr: 'sum by (state) (ipam_pool_ips{pool=~"$pool",family="4"})',
            legend: '{{state}}',
          }),
          ...{ isStacked: true, description: 'IPv4. Of what is leased each node tells how much is used.' },
        },
        {
          ...lines('Out over time', 'percentunit', 12, {
            expr: 'berth:pool_usage:ratio{pool=~"$pool"}',
            legend: '{{pool}} IPv{{family}}',
          }),
          bounds: [0.75, 0.95],
        },
      ],
    },
    {
      title: 'Subnets and nodes',
      panels: [
        {
          ...{ title: 'Out, by subnet', kind: 'bargauge', unit: 'percentunit', width: 12, bounds: [0.75, 0.95] },
          queries: [{ expr: 'topk(20, max by (subnet_cidr) (ipam_subnet_usage_ratio))', legend: '{{subnet_cidr}}' }],
        },
        lines('Nodes with the fewest addresses left', 'short', 12, {
          expr: 'bottomk(10, ipam_available_ips{pool=~"$pool"})',
          legend: '{{node}} {{pool}}',
        }),
      ],
    },
    {
      title: 'Racks',
      panels: [
        {
          ...{ title: 'Out, by TOR', kind: 'bargauge', unit: 'percentunit', width: 12, bounds: [0.75, 0.95] },
          description: 'The fullest racks of the topology.',
          queries: [
            {
              expr: 'topk(20, max by (tor_id, family) (ipam_tor_ip_used / (ipam_tor_ip_capacity > 0)))',
              legend: '{{tor_id}} IPv{{family}}',
            },
          ],
        },
        lines('TORs with the fewest addresses left', 'short', 12, {
          expr: 'bottomk(10, max by (tor_id, family) (ipam_tor_ip_available))',
          legend: '{{tor_id}} IPv{{family}}',
        }),
      ],
    },
  ],
};

const allocation: Dashboard = {
  uid: 'berth-allocation',
  title: 'Berth: allocation',
  choices: [{ label: 'instance', metric: 'ipam_ip_allocations_total' }],
  rows: [
    {
      title: 'Addresses',
      panels: [
        lines(
          'Given and come back',
          'ops',
          12,
          { expr: 'sum(rate(ipam_ip_allocations_total{instance=~"$instance"}[$__rate_interval]))', legend: 'given' },
          { expr: rate('ipam_ip_releases_total{instance=~"$instance"}', 'reason'), legend: 'back: {{reason}}' },
        ),
        lines('Refused', 'ops', 12, {
          expr: rate('ipam_ip_allocation_errors_total{instance=~"$instance"}', 'code'),
          legend: '{{code}}',
        }),
        lines(
          'Blocks leased and handed back',
          'ops',
          12,
          {
            expr: 'sum(rate(ipam_block_allocations_total{instance=~"$instance"}[$__rate_interval]))',
            legend: 'leased',
          },
          { expr: 'sum(rate(ipam_block_releases_total{instance=~"$instance"}[$__rate_interval]))', legend: 'back' },
        ),
        lines('In use, by node', 'short', 12, {
          expr: 'topk(20, sum by (node) (ipam_used_ips{instance=~"$instance"}))',
          legend: '{{node}}',
        }),
      ],
    },
    {
      title: "The runtime's calls",
      panels: [
        lines('Calls', 'ops', 12, {
          expr: rate('ipam_cni_calls_total{instance=~"$instance"}', 'verb, outcome'),
          legend: '{{verb}} {{outcome}}',
        }),
        lines('Time of a call', 's', 12, ...quantiles('ipam_cni_call_duration_seconds', 'verb')),
        lines('Time to the durable record', 's', 12, ...quantiles('ipam_allocation_duration_seconds')),
        lines('Neighbours that were asked', 'ops', 12, {
          expr: rate('ipam_neighbour_answers_total', 'what, answer'),
          legend: '{{what}}: {{answer}}',
        }),
      ],
    },
    {
      title: 'Who was refused',
      panels: [
        lines('gRPC calls and connections', 'ops', 24, {
          expr: rate('ipam_calls_refused_total{instance=~"$instance"}', 'reason'),
          legend: '{{reason}}',
        }),
      ],
    },
  ],
};

const state: Dashboard = {
  uid: 'berth-state',
  title: 'Berth: store, members and daemons',
  choices: [{ label: 'instance', metric: 'ipam_build_info' }],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          ...number('Daemons without the store', 'short', 'count(ipam_store_connected == 0) or vector(0)'),
          bounds: [1, 2],
        },
        { ...number('Broken promises', 'short', 'sum(ipam_check_findings) or vector(0)'), bounds: [1, 2] },
        { ...number('Versions', 'short', 'count(count by (version) (ipam_build_info))'), bounds: [2, 3] },
        {
          ...number('First certificate to expire', 's', 'min(ipam_certificate_expiry_timestamp_seconds) - time()'),
          ...{ bounds: [day, 7 * day], isLowBad: true },
        },
      ],
    },
    {
      title: 'The store',
      panels: [
        lines('Silence', 's', 8, {
          expr: 'ipam_store_silence_seconds{instance=~"$instance"} > 0',
          legend: '{{instance}}',
        }),
        lines('Operations', 'ops', 8, {
          expr: rate('ipam_store_operations_total', 'operation, status'),
          legend: '{{operation}} {{status}}',
        }),
        lines('Time of an operation', 's', 8, ...quantiles('ipam_store_operation_duration_seconds', 'operation')),
        lines('Requests to the Kubernetes API', 'ops', 12, {
          expr: rate('ipam_api_requests_total', 'verb, code'),
          legend: '{{verb}} {{code}}',
        }),
        lines('Time of a request', 's', 12, ...quantiles('ipam_api_request_duration_seconds', 'verb')),
      ],
    },
    {
      title: 'Members',
      panels: [
        lines('Leader', 'short', 8, { expr: 'ipam_raft_leader', legend: '{{instance}}' }),
        lines('Elections', 'short', 8, { expr: 'changes(ipam_raft_term[$__rate_interval])', legend: '{{instance}}' }),
        lines('Lag', 'short', 8, { expr: 'ipam_raft_lag', legend: '{{instance}}' }),
        lines('Sees a majority', 'short', 8, { expr: 'ipam_raft_quorum', legend: '{{instance}}' }),
        lines('Alarms', 'short', 8, { expr: 'ipam_raft_alarms', legend: '{{instance}}' }),
        lines(
          'Database',
          'bytes',
          8,
          { expr: 'ipam_raft_db_size_bytes', legend: '{{instance}}' },
          { expr: 'ipam_raft_db_in_use_bytes', legend: '{{instance}} in use' },
        ),
      ],
    },
    {
      title: 'Daemons',
      panels: [
        lines('What checks found', 'short', 8, {
          expr: 'ipam_check_findings{instance=~"$instance"} > 0',
          legend: '{{instance}} {{kind}}',
        }),
        lines('Objects that cannot be used', 'short', 8, {
          expr: 'max by (kind) (ipam_malformed_objects)',
          legend: '{{kind}}',
        }),
        lines('Routes announced', 'short', 8, {
          expr: 'ipam_bgp_routes{instance=~"$instance"}',
          legend: '{{instance}} {{kind}}',
        }),
        lines('Memory', 'bytes', 8, {
          expr: 'process_resident_memory_bytes{job=~"(.*/)?ipam-.*",instance=~"$instance"}',
          legend: '{{job}} {{instance}}',
        }),
        lines('Processor', 'percentunit', 8, {
          expr: 'rate(process_cpu_seconds_total{job=~"(.*/)?ipam-.*",instance=~"$instance"}[$__rate_interval])',
          legend: '{{job}} {{instance}}',
        }),
        lines('How late timers are', 's', 8, {
          expr: 'nodejs_eventloop_lag_p99_seconds{job=~"(.*/)?ipam-.*",instance=~"$instance"}',
          legend: '{{job}} {{instance}}',
        }),
      ],
    },
  ],
};

const controller: Dashboard = {
  uid: 'berth-controller',
  title: 'Berth: controller',
  choices: [],
  rows: [
    {
      title: 'What is derived',
      panels: [
        lines('Leader', 'short', 8, { expr: 'ipam_controller_leader', legend: '{{instance}}' }),
        lines('Waiting', 'short', 8, { expr: 'max by (kind) (ipam_controller_queue_length)', legend: '{{kind}}' }),
        lines('Taken back', 'ops', 8, {
          expr: rate('ipam_controller_reclaimed_total', 'kind, reason'),
          legend: '{{kind}}: {{reason}}',
        }),
        lines('Looks', 'ops', 12, {
          expr: rate('ipam_controller_reconciles_total', 'kind, outcome'),
          legend: '{{kind}} {{outcome}}',
        }),
        lines('Time of a look', 's', 12, ...quantiles('ipam_controller_reconcile_duration_seconds', 'kind')),
      ],
    },
    {
      title: 'Who asks',
      panels: [
        lines('Reviews', 'ops', 12, {
          expr: rate('ipam_webhook_reviews_total', 'webhook, outcome'),
          legend: '{{webhook}} {{outcome}}',
        }),
        lines('Time of a review', 's', 12, ...quantiles('ipam_webhook_review_duration_seconds', 'webhook')),
        lines('Schedulers', 'ops', 8, {
          expr: rate('ipam_scheduler_requests_total', 'verb, outcome'),
          legend: '{{verb}} {{outcome}}',
        }),
        lines('Time of an answer', 's', 8, ...quantiles('ipam_scheduler_request_duration_seconds', 'verb')),
        lines('Nodes that were filtered', 'ops', 8, {
          expr: rate('ipam_scheduler_nodes_total', 'outcome'),
          legend: '{{outcome}}',
        }),
      ],
    },
  ],
};

export const dashboards: readonly Dashboard[] = [pools, allocation, state, controller];
