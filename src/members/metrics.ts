import { Gauge, type Registry } from '@prometheus-io/client';
import type { MemberReport } from './member-report.ts';

/** What the metrics of a cluster's member show, asked for at each scrape. */
export interface MemberMetricsSource {
  report(): MemberReport;
  readonly isLeader: boolean;
  /** Of the cluster, as far as this member knows. */
  readonly memberCount: number;
}

/** One gauge each, read when somebody scrapes. */
export function addMemberMetrics(registry: Registry, source: MemberMetricsSource): void {
  const gauge = (name: string, help: string, value: (report: MemberReport) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(source.report()));
      },
    });
  };
  gauge('ipam_raft_leader', '1 while this member leads the cluster', () => Number(source.isLeader));
  gauge('ipam_raft_quorum', '1 while a majority of the members runs, as seen from here', ({ hasQuorum }) =>
    Number(hasQuorum),
  );
  gauge('ipam_raft_term', 'Term of the consensus, one more with each election', ({ term }) => term);
  gauge('ipam_raft_commit_index', 'Log entries that a majority has', ({ commitIndex }) => commitIndex);
  gauge('ipam_raft_applied_index', 'Log entries in the database of this member', ({ appliedIndex }) => appliedIndex);
  gauge('ipam_raft_lag', 'Committed log entries not yet in the database of this member', (report) =>
    Math.max(0, report.commitIndex - report.appliedIndex),
  );
  gauge('ipam_raft_members', 'Members of the cluster', () => source.memberCount);
  gauge('ipam_raft_db_size_bytes', 'Size of the database of this member', ({ dbSize }) => dbSize);
  gauge(
    'ipam_raft_db_in_use_bytes',
    'What of it is in use; the rest can be given back',
    (report) => report.dbSizeInUse,
  );
  gauge('ipam_raft_alarms', 'Alarms of the cluster: no space, or a damaged member', ({ alarms }) => alarms.length);
}
