import type { FamilyStats__Output } from '../api/generated/ipam/FamilyStats.ts';
import type { GetPoolStatsResponse__Output } from '../api/generated/ipam/GetPoolStatsResponse.ts';
import type { IPBlock__Output } from '../api/generated/ipam/IPBlock.ts';
import type { ListMembersResponse__Output } from '../api/generated/ipam/ListMembersResponse.ts';
import type { NodeStats__Output } from '../api/generated/ipam/NodeStats.ts';
import type { Pool__Output } from '../api/generated/ipam/Pool.ts';
import { CliError } from './cli-error.ts';
import { nodeColumns } from './columns.ts';
import { atLeast, countData, countWhenKnown, familyName, isUnknown, percent } from './counts.ts';
import { isData, show, showData } from './output.ts';
import { type Local, tellMissing } from './partial.ts';
import type { Run, Session } from './run.ts';

/** `stats`: the totals and each node, each IP family for itself. */
export async function stats(run: Run, { client, output }: Session, { local = false }: Local): Promise<void> {
  const answer = await client.call('GetPoolStats', { local });
  tellMissing(run, answer.unanswered);
  // Asked of a member only: others refuse it, and a refusal is counted and audited.
  const cluster = answer.lists_members ? await clusterOf(client) : undefined;
  if (isData(output)) return showData(output, statsData(answer, cluster));
  const { families } = answer;
  const each = (text: (usage: FamilyStats__Output) => string): string => {
    const [only, ...more] = families;
    if (only === undefined) return '0';
    if (more.length === 0) return text(only);
    return families.map((usage) => `${text(usage)} (${familyName(usage.family)})`).join(', ');
  };
  const lines = [
    ['Nodes', String(answer.total_nodes)],
    ['Blocks', String(answer.total_blocks)],
    ['Addresses', each(({ total }) => total)],
    ['Used', each(({ used, unknown }) => atLeast(used, unknown))],
    ['Available', each(({ available, unknown }) => atLeast(available, unknown))],
    ...(families.some(({ unknown }) => isUnknown(unknown))
      ? [['Unknown', each(({ unknown }) => unknown)] as const]
      : []),
    ['Cooling', each(({ cooling_down }) => String(cooling_down))],
    ['Usage', each(({ used, total, unknown }) => (isUnknown(unknown) ? '?' : percent(used, total)))],
    ...(cluster === undefined ? [] : [['Cluster', clusterLine(cluster)] as const]),
  ] as const;
  output.print(`Pool Statistics:\n${lines.map(([name, value]) => `  ${`${name}:`.padEnd(11)} ${value}\n`).join('')}`);
  const rows = nodesOf(answer).flatMap((node) => node.families.map((usage) => ({ node: node.node_id, usage })));
  if (rows.length === 0) return;
  output.print('\n');
  show(output, nodeColumns, rows, rows);
}

/** Undefined: a member that cannot tell now. */
async function clusterOf(client: Session['client']): Promise<ListMembersResponse__Output | undefined> {
  try {
    return await client.cluster('ListMembers', {});
  } catch (error) {
    if (error instanceof CliError && ['not-ready', 'store-unavailable'].includes(error.code)) return undefined;
    throw error;
  }
}

/** A block as data, all counts exact. */
export function blockData({
  total,
  used,
  available,
  total_exact,
  used_exact,
  available_exact,
  unknown,
  ...block
}: IPBlock__Output) {
  return {
    ...block,
    unknown: countData(unknown),
    total: countData(total_exact),
    used: countData(used_exact),
    available: countData(available_exact),
    total_exact,
    used_exact,
    available_exact,
  };
}

export function poolData({ total, used, available, unknown, ...pool }: Pool__Output) {
  return {
    ...pool,
    total: countData(total),
    used: countWhenKnown(used, unknown),
    available: countWhenKnown(available, unknown),
    unknown: countData(unknown),
  };
}

function statsData(answer: GetPoolStatsResponse__Output, cluster: ListMembersResponse__Output | undefined) {
  const { total_nodes, total_blocks } = answer;
  return {
    total_nodes,
    total_blocks,
    ...counts(answer),
    cooling_down_ips: answer.cooling_down_ips,
    families: answer.families.map(familyData),
    unanswered: answer.unanswered,
    node_stats: Object.fromEntries(nodesOf(answer).map((node) => [node.node_id, nodeData(node)])),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

function nodeData(node: NodeStats__Output) {
  return { node_id: node.node_id, blocks: node.blocks, ...counts(node), families: node.families.map(familyData) };
}

/** Those of one family, under the names of GetPoolStats (docs/grpc.md). */
function counts(stats: { total_ips_exact: string; available_ips_exact: string; families: FamilyStats__Output[] }) {
  return {
    total_ips: countData(stats.total_ips_exact),
    used_ips: countWhenKnown(stats.families[0]?.used ?? '0', stats.families[0]?.unknown ?? '0'),
    available_ips: countData(stats.available_ips_exact),
  };
}

function familyData({ total, used, available, unknown, ...usage }: FamilyStats__Output) {
  return {
    ...usage,
    total: countData(total),
    used: countWhenKnown(used, unknown),
    available: countWhenKnown(available, unknown),
    unknown: countData(unknown),
  };
}

function nodesOf({ node_stats }: GetPoolStatsResponse__Output): readonly NodeStats__Output[] {
  return Object.values(node_stats).sort((a, b) => (a.node_id < b.node_id ? -1 : 1));
}

function clusterLine({ members, cluster_name, has_quorum }: ListMembersResponse__Output): string {
  const running = members.filter(({ report }) => report !== null).length;
  const leader = members.find(({ is_leader }) => is_leader)?.name ?? 'none';
  const state = `${running} of ${members.length} members run, leader ${leader}`;
  return `${cluster_name}, ${state}${has_quorum ? '' : ', NO MAJORITY'}`;
}
