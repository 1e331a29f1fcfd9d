import { askedOf } from '../../dialects/asked.ts';
import { rangePools } from '../../ipam/claim/range-pools.ts';
import type { ConsideredPool, Prospect } from '../../ipam/explain/explanation.ts';
import { candidatePool, poolsOfError, rejectedPools } from '../../ipam/explain/refused-try.ts';
import type { PodFactsSource } from '../../ipam/pod-facts.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import type { SelectSource } from '../../ipam/select/candidates.ts';
import type { Selection } from '../../ipam/select/select.ts';
import type { NodePlaces } from '../../ipam/select/topology-affinity.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Catalog } from '../view/catalog.ts';
import type { AddressSources } from './address-sources.ts';
import type { AutomaticPools } from './automatic-pools.ts';
import type { NodeDrain } from './node-drain.ts';
import { selectFor } from './select-for.ts';
import { nothingTold, toldOfPod } from './told-of-pod.ts';

export interface ProspectParts {
  readonly node: string;
  readonly catalog: Catalog;
  readonly sources: AddressSources;
  readonly automatic: Pick<AutomaticPools, 'poolsOf'>;
  readonly podFacts?: PodFactsSource | undefined;
  readonly drain: Pick<NodeDrain, 'requireGiving'>;
  /** Where this node is in the network. */
  readonly places: () => NodePlaces;
  /** Why nothing new is to be had of the store; empty: it answers. */
  readonly outage: () => string;
}

/** What an ADD would come to now, by the very choice that it makes; nothing is taken, and no pool is made. */
export async function prospectOf(parts: ProspectParts, asked: AllocateRequest): Promise<Prospect> {
  const node = asked.node ?? parts.node;
  const { network, ifname } = asked.attachment;
  const of = { node, network, ifname };
  try {
    const selections = await selectionsOf(parts, asked, node);
    if (typeof selections === 'string') return { ...of, refusal: selections, pools: [] };
    const wants = selections.map((selection) => lookedAt(parts, selection, node));
    return {
      ...of,
      refusal: wants.find(({ refusal }) => refusal !== '')?.refusal ?? '',
      pools: wants.flatMap(({ pools }) => pools),
    };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return { ...of, refusal: error.message, pools: poolsOfError(error) };
  }
}

/** @returns why no pools can be chosen, as a clause @throws IpamError as an ADD */
async function selectionsOf(
  parts: ProspectParts,
  asked: AllocateRequest,
  node: string,
): Promise<readonly Selection[] | string> {
  const { catalog, automatic, podFacts, drain } = parts;
  drain.requireGiving(node);
  const told = podFacts === undefined ? nothingTold : await toldOfPod(asked, node, podFacts);
  const { request, consumer } = askedOf(asked, told, {
    node,
    places: node === parts.node ? parts.places() : {},
    usualQuota: undefined,
  });
  const { source, attachment } = request;
  let from: SelectSource | undefined;
  if (source.kind === 'automatic') from = automatic.poolsOf(source, attachment.ifname);
  else if (source.kind !== 'ranges') from = source;
  else {
    const file = { network: attachment.network, node, networkName: source.networkName };
    from = { kind: 'sets', sets: rangePools(file, source.sets).map((set) => set.map(({ metadata }) => metadata.name)) };
    // An ADD makes them first.
    if (from.sets.flat().some((name) => catalog.pool(name) === undefined)) return '';
  }
  if (from === undefined) return 'the pools of its application are not made yet';
  return selectFor(parts, from, { request, consumer });
}

function lookedAt({ sources, outage }: ProspectParts, selection: Selection, node: string) {
  const { family, candidates, rejected } = selection;
  const looked: readonly ConsideredPool[] = candidates.map((pool) =>
    candidatePool(pool, sources.of(pool).shortage(pool, node, outage)),
  );
  const isShort = looked.every(({ reason }) => reason !== '');
  return {
    refusal: isShort ? `no IPv${family} address is left in the pools that may be used` : '',
    pools: [...looked, ...rejectedPools(rejected, family)],
  };
}
