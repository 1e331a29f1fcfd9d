import { readFile } from 'node:fs/promises';
import type { PlaceSources } from '../daemon/view/own-place.ts';
import type { PodFactsSource } from '../ipam/pod-facts.ts';
import { IpamError } from '../resources/errors.ts';
import { lldpNeighbours } from '../topology/lldp.ts';

/** What is set about where the node is, read when the daemon looks. */
export function placeSources(
  config: {
    readonly node: string;
    readonly tor?: string | undefined;
    readonly lldpFile?: string | undefined;
    readonly torLabel?: string | undefined;
  },
  pods: PodFactsSource | undefined,
): PlaceSources {
  const { node, tor, lldpFile, torLabel } = config;
  return {
    tor,
    torLabel,
    ...(lldpFile === undefined ? {} : { neighbours: async () => lldpNeighbours(await textOf(lldpFile), lldpFile) }),
    ...(pods?.nodeOf === undefined ? {} : { labels: async () => (await pods.nodeOf?.(node))?.labels }),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-config', `cannot read ${file}: ${(error as Error).message}`, {
      advice: 'have lldpctl -f json0 written there, or unset node.lldpFile',
      cause: error,
    });
  }
}
