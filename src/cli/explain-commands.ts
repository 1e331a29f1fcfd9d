import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { AddressExplanation__Output } from '../api/generated/ipam/AddressExplanation.ts';
import type { Allocation__Output } from '../api/generated/ipam/Allocation.ts';
import type { ConsideredPool__Output } from '../api/generated/ipam/ConsideredPool.ts';
import type { ExplainResponse__Output } from '../api/generated/ipam/ExplainResponse.ts';
import type { PoolExplanation__Output } from '../api/generated/ipam/PoolExplanation.ts';
import type { PoolShare__Output } from '../api/generated/ipam/PoolShare.ts';
import type { Prospect__Output } from '../api/generated/ipam/Prospect.ts';
import type { RefusedTry__Output } from '../api/generated/ipam/RefusedTry.ts';
import { CliError } from './cli-error.ts';
import { countData } from './counts.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, type Output, showData, table } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { stateData } from './state-data.ts';
import { blockData, poolData } from './stats.ts';
import { timeData, timeText } from './time.ts';

/** `explain`: who, why, since when, until when. */
export function addExplainCommands(program: Command, run: Run): void {
  withLocal(program.command('explain <what>'))
    .description('say who has an address and why, what a Pod waits for, or why a pool is as full as it is')
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli explain 10.244.0.5            who has it, since when, by which rule, and what makes it free
  ipam-cli explain shop/web-0            what the Pod has; without an address: every pool that was looked at at its last
                                         try, and what would come of another one now
  ipam-cli explain pool/office           what has its addresses, whom it is for, and which nodes have its blocks

Of a Pod that has no address the daemon of its node remembers the last try, until it is started anew.
Exit status: 0 it has what it asks for (an address: somebody has it), 4 nobody has it or it has nothing, 6 whoever could know did
not answer.`,
    )
    .action(withClient(run, (session, what: string, local: Local) => explain(run, session, what, local)));
}

async function explain(run: Run, { client, output }: Session, what: string, { local = false }: Local): Promise<void> {
  const subject = subjectOf(what);
  const answer = await client.call('Explain', { ...subject, local });
  const { addresses, tries, prospects, pool, unanswered } = answer;
  if (pool === null && !isHad(answer)) run.setExit(exitCodes.notFound);
  if (addresses.some(({ state }) => state?.state === 'unknown')) run.setExit(exitCodes.partial);
  tellMissing(run, unanswered);
  if (isData(output)) return showData(output, explainData(answer));
  if (pool !== null) return showPool(output, pool);
  for (const address of addresses) output.print(addressText(address));
  if ('pod' in subject) showWaiting(output, what, tries, prospects, addresses.length > 0);
}

/** Is there somebody who has the address, or something that the Pod has and nothing that it lacks? */
function isHad({ addresses, tries }: ExplainResponse__Output): boolean {
  return tries.length === 0 && addresses.some(({ state }) => state?.state === 'held');
}

/** @throws CliError usage */
function subjectOf(what: string) {
  if (isIP(what) !== 0) return { ip: what };
  const [first = '', second = '', ...more] = what.split('/');
  // A block is none of them.
  if (more.length === 0 && first !== '' && second !== '' && isIP(first) === 0) {
    return first === 'pool' || first === 'spiderippool'
      ? { pool: second }
      : { pod: { namespace: first, name: second } };
  }
  throw new CliError(`"${what}" is no address, no Pod and no pool`, {
    code: 'usage',
    advice: 'write an address, NAMESPACE/NAME of a Pod, or pool/NAME',
    exit: exitCodes.usage,
  });
}

function addressText({ ip, state, holder, since_ms, rule, freed }: AddressExplanation__Output): string {
  return lines(`${ip}: ${state?.state ?? 'unknown'}`, [
    ['', state?.message ?? ''],
    ['held by', holder === null ? '' : holderText(holder)],
    ['since', since_ms === '0' ? '' : timeText(since_ms)],
    ['why', rule],
    ['comes free', freed],
  ]);
}

function holderText({ pod_namespace, pod_name, container_id, ifname, node_id, netns }: Allocation__Output): string {
  const pod = pod_name === '' ? '' : `Pod ${pod_namespace}/${pod_name}, `;
  const container = container_id === '' ? ifname : `${ifname} of container ${container_id}`;
  return `${pod}${container} on node "${node_id}"${netns === '' ? '' : ` (${netns})`}`;
}

function showWaiting(
  output: Output,
  what: string,
  tries: readonly RefusedTry__Output[],
  prospects: readonly Prospect__Output[],
  hasSome: boolean,
): void {
  if (tries.length + prospects.length === 0) {
    if (!hasSome) output.print(`Pod ${what} has no address, and no daemon that answered has refused it one\n`);
    return;
  }
  for (const { ifname, network, node_id, at_ms, tries: count, problem, pools } of tries) {
    const times = count === 1 ? '' : `, the last of ${count} tries`;
    output.print(
      lines(`${ifname} of network "${network}" was refused on node "${node_id}" at ${timeText(at_ms)}${times}`, [
        ['', problem?.message ?? ''],
        ['advice', problem?.advice ?? ''],
      ]),
    );
    output.print(poolsText(pools));
  }
  for (const { ifname, network, node_id, refusal, pools } of prospects) {
    const named = network === '' ? ifname : `${ifname} of network "${network}"`;
    output.print(
      `now, on node "${node_id}": ${named} ${refusal === '' ? 'would get its addresses' : `would be refused: ${refusal}`}\n`,
    );
    output.print(poolsText(pools));
  }
}

function poolsText(pools: readonly ConsideredPool__Output[]): string {
  return pools.map(({ pool, reason }) => `  pool ${pool}: ${reason === '' ? 'has an address' : reason}\n`).join('');
}

const shareColumns: readonly Column<PoolShare__Output>[] = [
  { title: 'WHAT', text: ({ kind }) => kind },
  { title: 'COUNT', text: ({ count }) => count },
  { title: 'WHY', text: ({ detail }) => detail },
];

function showPool(output: Output, { message, shares, conditions, blocks }: PoolExplanation__Output): void {
  output.print(`${message}\n`);
  if (conditions.length > 0) output.print(`for: ${conditions.join('; ')}\n`);
  if (shares.length > 0) output.print(`\n${table(output, shareColumns, shares)}`);
  const byNode = Map.groupBy(blocks, ({ node_id }) => node_id);
  if (byNode.size > 0) output.print('\n');
  for (const [node, own] of byNode) {
    const known = own.every(({ unknown }) => unknown === '0');
    const free = own.reduce((sum, { available_exact }) => sum + BigInt(available_exact || '0'), 0n);
    output.print(`node "${node}" has ${own.length} of its blocks, with ${known ? free : '?'} free\n`);
  }
}

function lines(title: string, parts: readonly (readonly [name: string, text: string])[]): string {
  const told = parts.filter(([, text]) => text !== '');
  return [title, ...told.map(([name, text]) => `  ${name === '' ? '' : `${name}: `}${text}`)]
    .map((line) => `${line}\n`)
    .join('');
}

function explainData({ addresses, tries, prospects, pool, unanswered }: ExplainResponse__Output): object {
  return {
    addresses: addresses.map(({ since_ms, state, ...rest }) => ({
      ...rest,
      state: state === null ? null : stateData(state),
      since: timeData(since_ms),
    })),
    tries: tries.map(({ at_ms, ...rest }) => ({ ...rest, at: timeData(at_ms) })),
    prospects,
    pool: pool === null ? null : poolExplanationData(pool),
    unanswered,
  };
}

function poolExplanationData({ usage, shares, blocks, ...rest }: PoolExplanation__Output): object {
  return {
    ...rest,
    usage: usage === null ? null : poolData(usage),
    shares: shares.map(({ count, ...share }) => ({ ...share, count: countData(count) })),
    blocks: blocks.map(blockData),
  };
}
