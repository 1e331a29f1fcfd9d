import { interfaceNetwork } from '../../dialects/annotated-request.ts';
import { askedOf } from '../../dialects/asked.ts';
import { defaultInterface } from '../../ipam/attachment.ts';
import { askerOf, placeOfAsker } from '../../ipam/bind/asker.ts';
import type { Placing } from '../../ipam/placement/judge-nodes.ts';
import type { PodFacts } from '../../ipam/pod-facts.ts';
import type { AllocateRequest, PoolSource } from '../../ipam/request.ts';
import type { Claim } from '../../resources/claim.ts';
import { controllerOf } from '../../resources/controlled-by.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { SentPod } from './sent-pod.ts';

export interface PlacingFacts {
  readonly pools: readonly Pool[];
  /** Pools that the nodes' CNI configuration names; empty: none, and default pools serve who asks for no others. */
  readonly namedPools: readonly string[];
  readonly namespace: (name: string) => PodFacts['namespace'] | undefined;
  /** @param place of an identity, as `placeOfAsker` tells it */
  readonly claimsKeptAt: (place: string) => Iterable<Claim>;
}

/**
 * What the default interface of a Pod asks for, as its daemon would read it.
 * @returns undefined: it gets no address of pools that are known here, or nothing can be said of them, and whatever node it comes to
 *   is as good
 */
export function placingOf({ metadata, spec }: SentPod, facts: PlacingFacts): Placing | undefined {
  const { namespace, name, uid } = metadata;
  const known = facts.namespace(namespace);
  if (spec?.hostNetwork === true || known === undefined) return undefined;
  const pod = { namespace, name, uid };
  const controller = controllerOf({ ownerReferences: metadata.ownerReferences ?? [] });
  const own = {
    uid,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    ...(controller === undefined ? {} : { controller }),
  };
  const podFacts: PodFacts = { pod: own, namespace: known, node: { labels: {} } };
  try {
    // In place of the cluster's network it has one whose configuration is not known here.
    if (interfaceNetwork(pod, defaultInterface, podFacts) !== undefined) return undefined;
    const told = { facts: podFacts, own, namespace: known };
    const request = newRequest(pod, facts.namedPools);
    const {
      request: asked,
      claimant,
      consumer,
    } = askedOf(request, told, { node: '', places: {}, usualQuota: undefined });
    const { source, families, requested } = asked;
    // The pool of an application is made, and grows, because its Pods come.
    if (source.kind === 'automatic' || source.kind === 'ranges' || isOfNoPool(source, facts.pools)) return undefined;
    const asker = askerOf(claimant);
    const kept = asker === undefined ? [] : [...facts.claimsKeptAt(placeOfAsker(asker))];
    return { source, families, requested, consumer, facts: podFacts, pod, asker, kept };
  } catch (error) {
    // Its annotations cannot be read: its daemon tells it by an Event, wherever it is.
    if (isIpamError(error)) return undefined;
    throw error;
  }
}

/** Where there is no default pool, addresses come from `ranges` of the nodes' own configuration, or from another program. */
function isOfNoPool(source: PoolSource, pools: readonly Pool[]): boolean {
  return source.kind === 'default' && !pools.some(({ isDefault }) => isDefault);
}

function newRequest(pod: NonNullable<AllocateRequest['pod']>, named: readonly string[]): AllocateRequest {
  return {
    attachment: { network: '', containerId: '', ifname: defaultInterface },
    pod,
    netns: '',
    source: named.length === 0 ? { kind: 'default' } : { kind: 'named', pools: named },
    families: [],
    requested: [],
  };
}
