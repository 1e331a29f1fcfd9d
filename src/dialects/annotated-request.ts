import { type PodRef, podSubject } from '../ipam/attachment.ts';
import type { PodFacts } from '../ipam/pod-facts.ts';
import type { AllocateRequest } from '../ipam/request.ts';
import { dialects } from './dialects.ts';
import { together } from './together.ts';
import { refuseUnsupported } from './unsupported.ts';

/**
 * What a request asks for once the annotations have had their say: they win over the network's configuration,
 * except where that gives ranges of its own, or where a caller chose the pools for this one request.
 * @param facts undefined: nobody tells about Pods here
 * @throws IpamError invalid-config (an annotation cannot be read, or leaves this interface out), unsupported
 */
export function annotatedRequest(
  request: AllocateRequest,
  facts: PodFacts | undefined,
): { readonly request: AllocateRequest; readonly warnings: readonly string[] } {
  const { source, pod, attachment } = request;
  if (facts === undefined || pod === undefined) return { request, warnings: [] };
  const { ifname } = attachment;
  const subject = podSubject(pod);
  refuseUnsupported(facts.pod.annotations, subject, ifname);
  if (source.kind === 'ranges' || (source.kind === 'named' && source.final === true)) return { request, warnings: [] };
  const said = dialects.flatMap(({ name, annotations }) =>
    annotations === undefined ? [] : [{ name, ...annotations.toRequest({ pod, ifname, facts }) }],
  );
  const asked = together(
    subject,
    said.map(({ name, warnings: _, ...rest }) => [name, rest]),
  );
  return { request: { ...request, ...asked }, warnings: said.flatMap(({ warnings = [] }) => warnings) };
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
