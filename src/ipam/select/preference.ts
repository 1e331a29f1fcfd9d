import {
  type AnnotatedRoute,
  annotationNames,
  type InterfacePools,
  ippoolAnnotation,
  ippoolsAnnotation,
  namespacePools,
  routesAnnotation,
} from '../../resources/annotations.ts';
import { IpamError } from '../../resources/errors.ts';
import { refuseUnsupported } from '../../resources/unsupported-annotations.ts';
import type { PodRef } from '../attachment.ts';
import type { RouteWishes } from '../interface-routes.ts';
import type { PodFacts } from '../pod-facts.ts';
import { interfaceIndex, type PodInterface, podSubject } from '../pod-interface.ts';
import type { AllocateRequest, PoolSource, PoolWish } from '../request.ts';

/** What the annotations of a Pod and its namespace ask for one interface. */
interface InterfaceWish {
  /** Absent: nothing is asked, the network's configuration decides. */
  readonly pools?: PoolWish;
  /** Absent: the network's configuration decides. */
  readonly cleanGateway?: boolean;
  /** For all interfaces; each takes those whose gateway it reaches. */
  readonly routes: readonly AnnotatedRoute[];
  /** What the Pod's author should know. */
  readonly warnings: readonly string[];
}

const noWish: InterfaceWish = { routes: [], warnings: [] };

/**
 * What a request asks for once the annotations have had their say: they win over the network's configuration,
 * except where that gives ranges of its own, or where a caller chose the pools for this one request.
 * @throws IpamError invalid-config (an annotation cannot be read, or leaves this interface out), unsupported
 */
export function wishesOf(
  request: AllocateRequest,
  facts: PodFacts | undefined,
): { readonly source: PoolSource; readonly routes: RouteWishes; readonly warnings: readonly string[] } {
  const { source, pod, attachment } = request;
  if (facts !== undefined && pod !== undefined) {
    refuseUnsupported(facts.pod.annotations, podSubject(pod), attachment.ifname);
  }
  const isFixed = source.kind === 'ranges' || (source.kind === 'named' && source.final === true);
  const wish =
    facts === undefined || pod === undefined || isFixed ? noWish : interfaceWish(facts, pod, attachment.ifname);
  return {
    source: wish.pools === undefined ? source : { kind: 'wish', wish: wish.pools },
    routes: {
      ...(request.routes === undefined ? {} : { routes: request.routes }),
      annotated: wish.routes,
      defaultRoute: request.defaultRoute ?? false,
      cleanGateway: wish.cleanGateway ?? request.cleanGateway ?? false,
    },
    warnings: wish.warnings,
  };
}

/**
 * The order of precedence is Spiderpool's: `ippools` and then `ippool` of the Pod, then its namespace. The first
 * that says something decides for all IP families.
 */
function interfaceWish(facts: PodFacts, pod: PodRef, ifname: string): InterfaceWish {
  const { annotations } = facts.pod;
  const subject = podSubject(pod);
  const said = routesAnnotation(annotations, subject);
  const entries = ippoolsAnnotation(annotations, subject);
  if (entries !== undefined) {
    const { names, cleanGateway } = entryOf(entries, { pod, ifname, annotations });
    return { pools: { origin: originOf('ippools', subject), names }, cleanGateway, ...said };
  }
  const single = ippoolAnnotation(annotations, subject);
  if (single !== undefined && (single.interface ?? ifname) === ifname) {
    return { pools: { origin: originOf('ippool', subject), names: single.names }, ...said };
  }
  const home = `namespace "${pod.namespace}"`;
  const names = namespacePools(facts.namespace.annotations, home);
  if (names === undefined) return said;
  return { pools: { origin: `default pools of ${home}`, names }, ...said };
}

/** By name; where no entry names an interface, by place. */
function entryOf(entries: readonly InterfacePools[], of: PodInterface): InterfacePools {
  const where = `${podSubject(of.pod)}: annotation ${annotationNames.ippools}`;
  const byName = entries[0]?.interface !== undefined;
  const index = byName ? undefined : interfaceIndex(of);
  const entry = byName ? entries.find((one) => one.interface === of.ifname) : entries[index ?? -1];
  if (entry !== undefined) return entry;
  if (byName) {
    const given = entries.map((one) => one.interface).join(', ');
    throw refusal(`${where}: no entry for interface ${of.ifname}; it has ${given}`, `add one for ${of.ifname}`);
  }
  if (index === undefined) {
    throw refusal(
      `${where}: the entries go by the order of interfaces, and nothing tells the place of ${of.ifname}`,
      'name the interface in each entry, or in k8s.v1.cni.cncf.io/networks',
    );
  }
  throw refusal(
    `${where}: ${entries.length === 1 ? '1 entry' : `${entries.length} entries`}, and ${of.ifname} is interface number ${index + 1} of the Pod`,
    'add an entry for each interface, in their order',
  );
}

function originOf(key: 'ippools' | 'ippool', subject: string): string {
  return `annotation ${annotationNames[key]} of ${subject}`;
}

function refusal(message: string, advice: string): IpamError {
  return new IpamError('invalid-config', message, { advice, facts: { annotation: annotationNames.ippools } });
}
