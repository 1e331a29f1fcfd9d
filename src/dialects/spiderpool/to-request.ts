import { podSubject } from '../../ipam/attachment.ts';
import type { PoolNames, PoolSource } from '../../ipam/request.ts';
import { IpamError } from '../../resources/errors.ts';
import type { AnnotationRequest, AskingInterface, ConfigurationRequest, PodInterface, SectionOf } from '../dialect.ts';
import { interfaceIndex } from '../multus/interfaces.ts';
import {
  annotationNames,
  type InterfacePools,
  ippoolAnnotation,
  ippoolsAnnotation,
  namespacePools,
  routesAnnotation,
} from './annotations.ts';
import { keys, program, type SpiderpoolSection } from './configuration.ts';

/**
 * The order of precedence is Spiderpool's: `ippools` and then `ippool` of the Pod, then its namespace. The first
 * that says something decides for all IP families.
 * @throws IpamError invalid-config
 */
export function annotationsToRequest({ facts, pod, ifname }: AskingInterface): AnnotationRequest {
  const { annotations } = facts.pod;
  const subject = podSubject(pod);
  const { routes: podRoutes, warnings } = routesAnnotation(annotations, subject);
  const said = { podRoutes, warnings };
  const entries = ippoolsAnnotation(annotations, subject);
  if (entries !== undefined) {
    const { names, cleanGateway } = entryOf(entries, { pod, ifname, annotations });
    return { source: preferred(originOf('ippools', subject), names), cleanGateway, ...said };
  }
  const single = ippoolAnnotation(annotations, subject);
  if (single !== undefined && (single.interface ?? ifname) === ifname) {
    return { source: preferred(originOf('ippool', subject), single.names), ...said };
  }
  const home = `namespace "${pod.namespace}"`;
  const names = namespacePools(facts.namespace.annotations, home);
  if (names === undefined) return said;
  return { source: preferred(`default pools of ${home}`, names), ...said };
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

function preferred(origin: string, names: PoolNames): PoolSource {
  return { kind: 'preferred', preference: { origin, names } };
}

function originOf(key: 'ippools' | 'ippool', subject: string): string {
  return `annotation ${annotationNames[key]} of ${subject}`;
}

function refusal(message: string, advice: string): IpamError {
  return new IpamError('invalid-config', message, { advice, facts: { annotation: annotationNames.ippools } });
}

export function configurationToRequest(section: SpiderpoolSection, { network, type }: SectionOf): ConfigurationRequest {
  const names = { 4: section.default_ipv4_ippool ?? [], 6: section.default_ipv6_ippool ?? [] };
  const isNamed = names[4].length + names[6].length > 0;
  const source = () => preferred(`configuration of network "${network}"`, names);
  // Interfaces of a network of Spiderpool's get what that gives them: a default route by the pool's gateway.
  const isSpiderpools = type === program || Object.keys(keys).some((key) => Object.hasOwn(section, key));
  return {
    ...(isNamed ? { sources: [{ key: 'default_ipv4_ippool or default_ipv6_ippool', source }] } : {}),
    ...(isSpiderpools ? { defaultRoute: true, cleanGateway: section.clean_gateway ?? false } : {}),
  };
}
