import { isIpamError } from '../resources/errors.ts';
import { readJson } from '../resources/json-text.ts';
import { kindOf } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { openClient } from './client.ts';
import { readClientTls } from './client-tls.ts';
import type { KnownNames } from './complete.ts';
import type { GlobalOptions } from './run.ts';

/** Whoever types is not kept waiting, milliseconds. */
const deadlineMs = 1_500;
/** More are no help to choose from. */
const mostNames = 1_000;

/** Names as a daemon knows them; none of one that cannot be reached, or does not tell this caller. */
export function namesOfDaemon({ daemon, ...options }: GlobalOptions): KnownNames {
  const ask = async (question: (client: ReturnType<typeof openClient>) => Promise<readonly string[]>) => {
    try {
      const client = openClient(daemon, deadlineMs, readClientTls(options));
      try {
        return (await question(client)).slice(0, mostNames);
      } finally {
        client.close();
      }
    } catch (error) {
      if (error instanceof CliError || isIpamError(error)) return [];
      throw error;
    }
  };
  return {
    pools: () => ask(async ({ call }) => (await call('ListPools', {})).pools.map(({ name }) => name)),
    nodes: () => ask(async ({ call }) => (await call('GetPoolStats', { with_nodes: true })).known_nodes),
    blocks: (node) =>
      ask(async ({ call }) => (await call('GetNodeBlocks', { node_id: node })).blocks.map(({ cidr }) => cidr)),
    members: () => ask(async ({ cluster }) => (await cluster('ListMembers', {})).members.map(({ name }) => name)),
    resources: (kind) =>
      ask(async ({ resources }) => {
        const { json } = await resources('List', { kind: kindOf(kind).kind });
        return json.map((one) => (readJson(one) as Resource).metadata.name);
      }),
  };
}
