import { type PodRef, podSubject } from '../ipam/attachment.ts';
import type { AutomaticPools } from '../ipam/bind/automatic-pool.ts';
import type { Stay } from '../ipam/bind/stay.ts';
import type { PodFacts } from '../ipam/pod-facts.ts';
import type { AllocateRequest, PoolSource } from '../ipam/request.ts';
import { requestedTitle } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import type { Labels } from '../resources/label-selector.ts';
import type { AnnotationRequest, FixedRequest, FixingInterface, PodInterface } from './dialect.ts';
import { dialects } from './dialects.ts';
import { type Said, together } from './together.ts';
import { refuseUnsupported } from './unsupported.ts';

/** What is known of a Pod that asks. Of its namespace and node nothing need be known where a network has ranges of its own. */
export type KnownFacts = Pick<PodFacts, 'pod'> & Partial<PodFacts>;

/**
 * What a request asks for once the annotations have had their say. Addresses that they fix are asked for wherever the network
 * has its addresses from. Of pools they win over the network's configuration, except where that gives ranges of its own, or
 * where a caller chose the pools for this one request.
 * @param facts undefined: nobody tells about Pods here
 * @throws IpamError invalid-config (an annotation cannot be read, or leaves this interface out), unsupported
 */
export function annotatedRequest(
  request: AllocateRequest,
  facts: KnownFacts | undefined,
): { readonly request: AllocateRequest; readonly warnings: readonly string[] } {
  const { source, pod, attachment, ipamType } = request;
  if (facts === undefined || pod === undefined) return { request, warnings: [] };
  const { ifname } = attachment;
  const subject = podSubject(pod);
  const { annotations } = facts.pod;
  refuseUnsupported(annotations, subject, ifname);
  const kept = stayingRequest(request, stayOf({ pod, ifname, annotations }));
  if (source.kind === 'named' && source.final === true) return { request: kept, warnings: [] };
  const fixed = fixedBy({ pod, ifname, annotations, ipamType });
  const said = source.kind === 'ranges' ? [] : askedBy({ pod, ifname }, facts);
  const asked = together(subject, [...fixed, ...said.map(([name, { warnings: _, ...rest }]): Said => [name, rest])]);
  requireOneVoice(request, fixed, subject);
  return { request: { ...kept, ...asked }, warnings: said.flatMap(([, { warnings = [] }]) => warnings) };
}

/** Whoever calls names for whom the address stays; where it does not, the Pod may ask for itself. */
function stayingRequest(request: AllocateRequest, stay: Stay | undefined): AllocateRequest {
  return request.stay === undefined && stay !== undefined ? { ...request, stay } : request;
}

/** One dialect may say it. @throws IpamError invalid-config */
function stayOf(of: PodInterface): Stay | undefined {
  for (const { annotations } of dialects) {
    const stay = annotations?.stay?.(of);
    if (stay !== undefined) return stay;
  }
  return undefined;
}

/**
 * Which addresses a Pod's annotations fix for an interface, dialect by dialect.
 * @throws IpamError invalid-config
 */
export function fixedBy(of: FixingInterface): readonly (readonly [name: string, fixed: FixedRequest])[] {
  return dialects.flatMap(({ name, annotations }) => {
    const fixed = annotations?.fixedAddresses?.read(of);
    return fixed === undefined ? [] : [[name, fixed] as const];
  });
}

/**
 * From which pools a Pod's annotations say that its addresses come.
 * @returns undefined: they do not say @throws IpamError invalid-config (an annotation cannot be read, or leaves this interface out)
 */
export function poolsAskedBy(of: Pick<PodInterface, 'pod' | 'ifname'>, facts: PodFacts): PoolSource | undefined {
  return together(podSubject(of.pod), askedBy(of, facts)).source;
}

/**
 * Pools of its own that an application's template asks for. One dialect may.
 * @param subject whose template it is, for messages @returns undefined: none @throws IpamError invalid-config
 */
export function automaticPoolsOf(annotations: Labels, subject: string): AutomaticPools | undefined {
  for (const { annotations: dialect } of dialects) {
    const asked = dialect?.automaticPools?.(annotations, subject);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

function askedBy(
  of: { readonly pod: PodRef; readonly ifname: string },
  { pod, namespace, node }: KnownFacts,
): readonly (readonly [name: string, asked: AnnotationRequest])[] {
  if (namespace === undefined || node === undefined) return [];
  const facts = { pod, namespace, node };
  return dialects.flatMap(({ name, annotations }) => {
    const asked = annotations?.toRequest?.({ ...of, facts });
    return asked === undefined ? [] : [[name, asked] as const];
  });
}

/** Whoever calls may ask for an address as well, and nobody could tell whom to believe. */
function requireOneVoice(
  { requested, ipamType }: AllocateRequest,
  fixed: readonly (readonly [name: string, fixed: FixedRequest])[],
  subject: string,
): void {
  const [first] = fixed.flatMap(([, one]) => one.requested);
  const [own] = requested;
  if (first === undefined || own === undefined) return;
  // Of gRPC the request itself says it.
  const byNetwork = ipamType === undefined ? '' : ' (CNI_ARGS, args.cni.ips or runtimeConfig.ips)';
  throw new IpamError(
    'invalid-config',
    `${subject}: the call asks for ${requestedTitle(own)}${byNetwork}, and ${first.origin} for ${requestedTitle(first)}`,
    { advice: 'leave one of them out' },
  );
}

/**
 * The NetworkAttachmentDefinition behind a Pod's interface, as `namespace/name`; undefined: the Pod does not say.
 * @throws IpamError invalid-config when the Pod's list of networks cannot be read
 */
export function interfaceNetwork(pod: PodRef, ifname: string, facts: PodFacts): string | undefined {
  for (const { interfaceNetwork: networkOf } of dialects) {
    const network = networkOf?.({ pod, ifname, annotations: facts.pod.annotations });
    if (network !== undefined) return network;
  }
  return undefined;
}
