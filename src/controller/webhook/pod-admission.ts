import { z } from 'zod';
import { fixedBy, poolsAskedBy } from '../../dialects/annotated-request.ts';
import { defaultInterface, type PodRef } from '../../ipam/attachment.ts';
import { type AskedFacts, conflictOf } from '../../ipam/bind/asked-conflict.ts';
import { identityOf } from '../../ipam/bind/identity.ts';
import type { PoolSource } from '../../ipam/request.ts';
import type { RequestedAddress } from '../../ipam/requested-address.ts';
import { withinSubnets } from '../../ipam/select/requested.ts';
import { controllerOf } from '../../resources/controlled-by.ts';
import { IpamError } from '../../resources/errors.ts';
import { ownerReferenceSchema } from '../../resources/manifest.ts';
import type { Pool } from '../../resources/pool.ts';
import { isPattern } from '../../resources/wildcard.ts';

/** What is known of a cluster when a Pod is about to be made, a moment behind. */
export interface PodAdmissionFacts extends Pick<AskedFacts, 'claimOf' | 'reservationOf'> {
  /** Has everything been listed? */
  readonly ready: boolean;
  readonly pools: () => readonly Pool[];
}

const texts = z.record(z.string(), z.string());

/** As much of a Pod as tells what it asks for. */
const podSchema = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string().optional(),
    generateName: z.string().optional(),
    labels: texts.nullish(),
    annotations: texts.nullish(),
    ownerReferences: z.array(ownerReferenceSchema).nullish(),
  }),
});
type PodObject = z.output<typeof podSchema>['metadata'];

/**
 * Refuses a Pod that asks for addresses of which it can have none, wherever it comes to. What is not known it may have: the
 * daemon of its node looks again, and tells by an Event.
 * @param object as the API server sends it; what is no Pod is for the API server to refuse
 * @throws IpamError invalid-config (what fixes its address cannot be read), address-taken, address-not-allowed
 */
export function requireAvailable(object: unknown, facts: PodAdmissionFacts): void {
  const { data } = podSchema.safeParse(object);
  const annotations = data?.metadata.annotations ?? {};
  if (data === undefined || Object.keys(annotations).length === 0) return;
  const { namespace, name = `${data.metadata.generateName ?? ''}…` } = data.metadata;
  const pod: PodRef = { namespace, name, uid: '' };
  const fixed = fixedBy({ pod, ifname: defaultInterface, annotations, ipamType: undefined });
  const requested = fixed.flatMap(([, one]) => one.requested);
  if (requested.length === 0 || !facts.ready) return;
  const asker = askerOf(data.metadata, pod);
  const source = sourceOf(data.metadata, pod);
  const all = facts.pools();
  for (const one of requested) {
    const pools = poolsFor(one, all, source);
    const conflict = conflictOf(one, { ...facts, pod, asker, pools });
    if (conflict !== undefined) throw conflict;
  }
}

function askerOf(pod: PodObject, ref: PodRef): AskedFacts['asker'] {
  const controller = controllerOf({ ownerReferences: pod.ownerReferences ?? [] });
  return identityOf({ pod: ref, labels: pod.labels ?? {}, controller, ifname: defaultInterface, stays: true });
}

/** Where the Pod's annotations say that addresses come from; undefined: they do not, or their daemon has to say what is wrong with them. */
function sourceOf({ labels, annotations }: PodObject, pod: PodRef): PoolSource | undefined {
  const none = { labels: {}, annotations: {} };
  const facts = { pod: { labels: labels ?? {}, annotations: annotations ?? {} }, namespace: none, node: none };
  try {
    return poolsAskedBy({ pod, ifname: defaultInterface }, facts);
  } catch (error) {
    if (error instanceof IpamError) return undefined;
    throw error;
  }
}

/**
 * The pools that may give what is asked for: those that the Pod names, where it names some that are there.
 * @throws IpamError address-not-allowed: it is in the subnet of none of those
 */
function poolsFor(asked: RequestedAddress, all: readonly Pool[], source: PoolSource | undefined): readonly Pool[] {
  const names = source?.kind === 'preferred' ? source.preference.names[asked.family] : [];
  const named = names.flatMap((name) => all.filter((pool) => pool.name === name));
  if (names.length === 0 || named.length < names.length || names.some(isPattern)) return all;
  if (asked.elsewhere === undefined) withinSubnets(asked, { family: asked.family, candidates: named });
  return named;
}
