import type { MemberReport } from '../members/member-report.ts';
import { type MemberState, memberStates } from '../members/member-report.ts';
import type { MemberView } from '../members/membership.ts';
import type { Member } from './generated/ipam/Member.ts';
import type { MemberReport__Output, MemberReport as ReportMessage } from './generated/ipam/MemberReport.ts';

export function reportMessage(report: MemberReport): ReportMessage {
  return {
    name: report.name,
    cluster_name: report.clusterName,
    cluster_id: report.clusterId,
    member_id: report.memberId,
    generation: report.generation,
    address: report.address,
    daemon_version: report.daemonVersion,
    etcd_version: report.etcdVersion,
    state: report.state,
    has_quorum: report.hasQuorum,
    leader_id: report.leaderId,
    term: report.term,
    commit_index: report.commitIndex,
    applied_index: report.appliedIndex,
    db_size: report.dbSize,
    db_size_in_use: report.dbSizeInUse,
    alarms: [...report.alarms],
    problem: report.problem,
  };
}

export function reportOf(message: MemberReport__Output): MemberReport {
  return {
    name: message.name,
    clusterName: message.cluster_name,
    clusterId: message.cluster_id,
    memberId: message.member_id,
    generation: message.generation,
    address: message.address,
    daemonVersion: message.daemon_version,
    etcdVersion: message.etcd_version,
    state: isState(message.state) ? message.state : 'stopped',
    hasQuorum: message.has_quorum,
    leaderId: message.leader_id,
    term: Number(message.term),
    commitIndex: Number(message.commit_index),
    appliedIndex: Number(message.applied_index),
    dbSize: Number(message.db_size),
    dbSizeInUse: Number(message.db_size_in_use),
    alarms: message.alarms,
    problem: message.problem,
  };
}

/** A newer member may have states that this one does not know. */
function isState(text: string): text is MemberState {
  return (memberStates as readonly string[]).includes(text);
}

export function memberMessage({ member, address, isLeader, report, problem }: MemberView): Member {
  return {
    id: member.id,
    name: member.name,
    address,
    is_learner: member.isLearner,
    is_leader: isLeader,
    problem,
    ...(report === undefined ? {} : { report: reportMessage(report) }),
  };
}
