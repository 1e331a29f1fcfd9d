import { memberAddress } from '../config/config-values.ts';
import type { Member } from '../members/member.ts';
import { snapshotParts } from '../members/snapshot.ts';
import { parseWith } from '../resources/schema.ts';
import { requireOwnNode } from './caller.ts';
import { required, streaming, unary } from './calls.ts';
import { memberMessage, reportMessage } from './cluster-messages.ts';
import type { ClusterHandlers } from './generated/ipam/Cluster.ts';
import type { SnapshotPart } from './generated/ipam/SnapshotPart.ts';

/** The service ipam.Cluster of a daemon that runs a member. */
export function clusterService(member: Member): ClusterHandlers {
  return {
    Identify: unary(async () => reportMessage(member.report())),
    Join: unary(async (question, caller) => {
      requireOwnNode(caller, question.name, 'name');
      const answer = await member.membership.join({
        name: required(question.name, 'name'),
        address: addressField(question.address, 'address'),
        clusterName: required(question.cluster_name, 'cluster_name'),
        reachedAt: addressField(question.reached_at, 'reached_at'),
        tls: question.tls,
      });
      return {
        cluster_id: answer.clusterId,
        cluster_name: answer.clusterName,
        member_id: answer.memberId,
        generation: answer.generation,
        initial_cluster: answer.initialCluster,
        addresses: [...answer.addresses],
      };
    }),
    ListMembers: unary(async () => {
      const { clusterId, members } = await member.membership.list();
      const { clusterName, hasQuorum } = member.report();
      return {
        cluster_id: clusterId,
        cluster_name: clusterName,
        has_quorum: hasQuorum,
        members: members.map(memberMessage),
      };
    }),
    AddMember: unary(async ({ name, address }) =>
      memberMessage(await member.membership.add(required(name, 'name'), addressField(address, 'address'))),
    ),
    RemoveMember: unary(async (message) =>
      memberMessage(await member.membership.remove(required(message.member, 'member'))),
    ),
    PromoteMember: unary(async (message) =>
      memberMessage(await member.membership.promote(required(message.member, 'member'))),
    ),
    MoveLeader: unary(async (message) => memberMessage(await member.membership.moveLeader(message.member))),
    Defragment: unary(async () => member.defragment()),
    Snapshot: streaming((_request, signal) => snapshot(member, signal)),
  };
}

function addressField(text: string, field: string): string {
  return parseWith(memberAddress, text, field);
}

async function* snapshot(member: Member, signal: AbortSignal): AsyncGenerator<SnapshotPart> {
  const { clusterId, clusterName, name } = member.report();
  const parts = snapshotParts(member.keys, {
    clusterId,
    clusterName,
    member: name,
    savedAt: new Date().toISOString(),
  });
  for await (const { text, keys, totalKeys } of parts) {
    if (signal.aborted) return;
    yield { data: Buffer.from(text), keys, total_keys: totalKeys };
  }
}
