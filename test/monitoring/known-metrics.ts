import type { Registry } from '@prometheus-io/client';
import { Metrics } from '../../src/api/metrics.ts';
import { ControllerMetrics } from '../../src/controller/metrics.ts';
import { addRoutingMetrics } from '../../src/daemon/routing/metrics.ts';
import type { MemberReport } from '../../src/members/member-report.ts';
import { addMemberMetrics } from '../../src/members/metrics.ts';

export const memberReport: MemberReport = {
  ...{ name: 'a', clusterName: 'berth', clusterId: '1', memberId: '2', generation: 0, address: 'a:7000' },
  ...{ daemonVersion: '1', etcdVersion: '3', state: 'voter', hasQuorum: true, leaderId: '2', term: 2 },
  ...{ commitIndex: 9, appliedIndex: 8, dbSize: 1, dbSizeInUse: 1, alarms: [], problem: '' },
};

/** The registries of all programs, with every metric that any of them can have. */
export function registriesOfAll(): readonly Registry[] {
  const daemon = new Metrics('1.2.3');
  addMemberMetrics(daemon.registry, { report: () => memberReport, isLeader: true, memberCount: 3 });
  addRoutingMetrics(daemon.registry, {
    announced: { blocks: 1, hosts: 2 },
    isCurrent: true,
    reloads: { taken: 1, refused: 0, failed: 0 },
  });
  return [daemon.registry, new ControllerMetrics('1.2.3').registry];
}

/** What Prometheus adds to every series, and what the operator and the buckets of histograms have. */
const commonLabels = ['job', 'instance', 'namespace', 'le', 'pod', 'container'];

/** Names of series and the labels that they can have. */
export function knownSeries(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const metric of registriesOfAll().flatMap((registry) => registry.getMetricsAsArray())) {
    const {
      name,
      type,
      labelNames = [],
    } = metric as unknown as {
      readonly name: string;
      readonly type: string;
      readonly labelNames?: readonly string[];
    };
    const endings = String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const ending of endings) known.set(name + ending, new Set([...labelNames, ...commonLabels]));
  }
  return known;
}
