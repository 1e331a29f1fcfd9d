import { type IpamError, isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { PodFacts } from '../pod-facts.ts';
import type { Consumer } from '../select/affinity.ts';
import { type Selection, type SelectRequest, selectPools } from '../select/select.ts';
import { type NodeFacts, nodesAlike } from './alike.ts';
import { type Comer, type Fit, fitOf, type PlacementFacts } from './fit.ts';
import { nearPools } from './near-pools.ts';

/** A Pod that is to be sent to some node. */
export interface Placing extends Comer, Pick<SelectRequest, 'source' | 'families' | 'requested'> {
  readonly consumer: Pick<Consumer, 'ifname' | 'pod' | 'interfaceNetwork'>;
  readonly facts: Omit<PodFacts, 'node'>;
}

export interface Judging {
  /** Sorted by name. */
  readonly pools: readonly Pool[];
  readonly facts: PlacementFacts;
  /** Every node that there is: where else what is kept could go. Asked only where something is. */
  readonly allNodes: () => Iterable<NodeFacts>;
}

type Wants = { readonly wants: readonly Selection[] } | { readonly refusal: IpamError };

/** What each node says; in the order of the nodes. A node of which is not known where it is fits, with nothing free. */
export type Judged = ReadonlyMap<string, Fit>;

/** Reasons are for many nodes at once, and an Event tells each once. */
const title = 'the node';
const unknown: Fit = { fits: true, free: 0n };

/**
 * On which of these nodes would an ADD of the Pod find an address?
 * @returns undefined: what the Pod asks for cannot be answered anywhere, and its daemon says why
 */
export function judgeNodes(placing: Placing, nodes: Iterable<NodeFacts>, judging: Judging): Judged | undefined {
  const judge = new NodeJudge(placing, judging);
  try {
    const judged = new Map<string, Fit>();
    for (const node of nodes) judged.set(node.name, judge.fitOn(node));
    return staying(judged, judge, judging);
  } catch (error) {
    if (isIpamError(error)) return undefined;
    throw error;
  }
}

/** The pools that its ADD on a node tries first, one for each family; none where it would be refused. */
export function firstPools(placing: Placing, node: NodeFacts, pools: readonly Pool[]): readonly Pool[] {
  try {
    return selectOn(placing, node, pools).flatMap(({ candidates: [first] }) => first ?? []);
  } catch (error) {
    if (isIpamError(error)) return [];
    throw error;
  }
}

/** Of default pools, and those of a purpose, those of other racks need not be looked at, unless to say why there is none. */
function selectOn(placing: Placing, node: NodeFacts, pools: readonly Pool[]): readonly Selection[] {
  if (placing.source.kind !== 'default' && placing.source.kind !== 'purpose') return selectAmong(placing, node, pools);
  try {
    return selectAmong(placing, node, nearPools(pools, node.places));
  } catch (error) {
    if (isIpamError(error, 'not-found')) return selectAmong(placing, node, pools);
    throw error;
  }
}

function selectAmong(
  placing: Placing,
  { name, labels, places }: NodeFacts,
  pools: readonly Pool[],
): readonly Selection[] {
  const { source, families, requested, consumer: by, facts } = placing;
  const consumer = { ...by, node: name, nodeTitle: title, places, facts: { ...facts, node: { labels } } };
  // Daemons that keep no addresses of blocks refuse a Pod that asks for one themselves.
  return selectPools({ source, families, requested, consumer, keepsInBlocks: true }, pools);
}

/** The same choice of pools as an ADD's, once for all nodes that are alike. */
class NodeJudge {
  readonly #placing: Placing;
  readonly #judging: Judging;
  readonly #keyOf: (node: NodeFacts) => string;
  readonly #wants = new Map<string, Wants>();
  readonly #fits = new Map<string, Fit>();

  constructor(placing: Placing, judging: Judging) {
    this.#placing = placing;
    this.#judging = judging;
    this.#keyOf = nodesAlike(judging.pools);
  }

  /** @throws IpamError what is asked for is wrong wherever the Pod goes */
  fitOn(node: NodeFacts): Fit {
    const key = this.#keyOf(node);
    const known = this.#fits.get(key);
    if (known !== undefined) return known;
    const found = this.#wantsOn(key, node);
    if ('refusal' in found) return this.#keep(key, this.#refused(found.refusal, node));
    const fit = fitOf(found.wants, this.#placing, node.name, this.#judging.facts);
    // What is leased is the node's own.
    const isOwn = found.wants.some(({ candidates }) => candidates.some(({ blockSize }) => blockSize !== undefined));
    return isOwn ? fit : this.#keep(key, fit);
  }

  #keep(key: string, fit: Fit): Fit {
    this.#fits.set(key, fit);
    return fit;
  }

  #wantsOn(key: string, node: NodeFacts): Wants {
    const known = this.#wants.get(key);
    if (known !== undefined) return known;
    const found = this.#select(node);
    this.#wants.set(key, found);
    return found;
  }

  #select(node: NodeFacts): Wants {
    try {
      return { wants: selectOn(this.#placing, node, this.#judging.pools) };
    } catch (refusal) {
      if (isIpamError(refusal, 'not-found') || isIpamError(refusal, 'address-not-allowed')) return { refusal };
      throw refusal;
    }
  }

  /** Of a node whose daemon alone knows its rack nothing can be said while some pool goes by racks. */
  #refused({ message }: IpamError, { places }: NodeFacts): Fit {
    const goByPlaces = this.#judging.pools.some(({ topologyAffinity }) => topologyAffinity !== undefined);
    return places.tor === undefined && goByPlaces ? unknown : { fits: false, reason: message };
  }
}

/**
 * An address that is kept for the Pod is not left behind while some node that is up could have it on, be it one that was not asked
 * about: a scheduler asks about a sample.
 */
function staying(judged: ReadonlyMap<string, Fit>, judge: NodeJudge, { allNodes }: Judging): Judged {
  const leaving = [...judged].flatMap(([name, fit]) => (fit.fits && fit.leaves !== undefined ? [{ name, fit }] : []));
  if (leaving.length === 0) return judged;
  const canStay = (node: NodeFacts): boolean => {
    const fit = node.isUp ? judge.fitOn(node) : unknown;
    return fit !== unknown && fit.fits && fit.leaves === undefined;
  };
  if (![...allNodes()].some(canStay)) return judged;
  const stayed = new Map(judged);
  for (const { name, fit } of leaving) {
    stayed.set(name, {
      fits: false,
      reason: `its address ${fit.leaves} is kept for it, and no pool of the node offers that`,
    });
  }
  return stayed;
}
