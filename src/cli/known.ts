import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { exitCodes } from './exit-codes.ts';

const shown = 20;

/** Filters that found nothing: a misspelt one must not look like an empty answer. @throws CliError not-found, with those there are */
export async function requireKnown(
  client: Client,
  { pool, node, namespace }: { readonly pool?: string; readonly node?: string; readonly namespace?: string },
): Promise<void> {
  if (node !== undefined) await requireNode(client, node);
  if (pool !== undefined) {
    const { pools } = await client.call('ListPools', {});
    const names = pools.map(({ name }) => name);
    if (!names.includes(pool)) throw unknown(`no pool is named "${pool}"`, names);
  }
  if (namespace !== undefined) {
    const { total } = await client.call('ListAllocations', { pod_namespace: namespace, limit: 1 });
    if (total === 0) throw unknown(`no Pod of a namespace "${namespace}" holds an address`, []);
  }
}

/** @throws CliError not-found, with the nodes that the daemon knows */
export async function requireNode(client: Client, node: string): Promise<void> {
  const { known_nodes: nodes } = await client.call('GetPoolStats', { with_nodes: true });
  if (!nodes.includes(node)) throw unknown(`no node is known as "${node}"`, nodes);
}

function unknown(message: string, names: readonly string[]): CliError {
  const known = `${names.slice(0, shown).join(', ')}${names.length > shown ? ', …' : ''}`;
  return new CliError(message, {
    code: 'not-found',
    advice: names.length === 0 ? '' : `known: ${known}`,
    exit: exitCodes.notFound,
  });
}
