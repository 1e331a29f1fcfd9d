import { podSubject } from '../../ipam/attachment.ts';
import { applicationsOf } from '../../ipam/bind/application.ts';
import { requirePoolFor } from '../../ipam/bind/automatic-pool.ts';
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
import { type AskedSubnets, idleAnnotations, subnetsAnnotation } from './subnets.ts';

/**
 * The order of precedence is Spiderpool's: `subnets` and `subnet`, then `ippools` and `ippool` of the Pod, then its namespace.
 * The first that says something decides for all IP families.
 * @throws IpamError invalid-config
 */
export function annotationsToRequest({ facts, pod, ifname }: AskingInterface): AnnotationRequest {
  const { annotations } = facts.pod;
  const subject = podSubject(pod);
  const { routes: podRoutes, warnings: ofRoutes } = routesAnnotation(annotations, subject);
  const subnets = subnetsAnnotation(annotations, subject);
  const warnings = [...ofRoutes, ...(subnets?.warnings ?? idleAnnotations(annotations, subject))];
  const said = { podRoutes, warnings };
  const automatic = subnets === undefined ? undefined : automaticSource(subnets, { facts, pod, ifname });
  if (automatic !== undefined) return { source: automatic, ...said };
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

/**
 * The pools that the Pod's application has of its own. `subnet` speaks of one interface, and leaves others to what else is said.
 * @throws IpamError invalid-config, unsupported
 */
function automaticSource(asked: AskedSubnets, { facts, pod, ifname }: AskingInterface): PoolSource | undefined {
  const subject = podSubject(pod);
  const where = `${subject}: annotation ${annotationNames[asked.key]}`;
  const entry = asked.interfaces.find((one) => one.ifname === ifname);
  if (entry === undefined) {
    if (asked.key === 'subnet') return undefined;
    const given = asked.interfaces.map((one) => one.ifname).join(', ');
    throw refusal(asked.key, `${where}: no entry for interface ${ifname}; it has ${given}`, `add one for ${ifname}`);
  }
  const applications = applicationsOf(pod.namespace, facts.pod.controller, facts.pod.labels);
  const [application] = applications;
  if (application === undefined) {
    throw refusal(
      asked.key,
      `${where}: the pool is an application's, and no controller keeps this Pod`,
      `make the Pod by a Deployment or the like, or name a pool in ${annotationNames.ippool}`,
    );
  }
  requirePoolFor(application, asked.count);
  return { kind: 'automatic', origin: originOf(asked.key, subject), subnets: entry.subnets, applications };
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
    throw refusal(
      'ippools',
      `${where}: no entry for interface ${of.ifname}; it has ${given}`,
      `add one for ${of.ifname}`,
    );
  }
  if (index === undefined) {
    throw refusal(
      'ippools',
      `${where}: the entries go by the order of interfaces, and nothing tells the place of ${of.ifname}`,
      'name the interface in each entry, or in k8s.v1.cni.cncf.io/networks',
    );
  }
  throw refusal(
    'ippools',
    `${where}: ${entries.length === 1 ? '1 entry' : `${entries.length} entries`}, and ${of.ifname} is interface number ${index + 1} of the Pod`,
    'add an entry for each interface, in their order',
  );
}

function preferred(origin: string, names: PoolNames): PoolSource {
  return { kind: 'preferred', preference: { origin, names } };
}

function originOf(key: keyof typeof annotationNames, subject: string): string {
  return `annotation ${annotationNames[key]} of ${subject}`;
}

function refusal(key: keyof typeof annotationNames, message: string, advice: string): IpamError {
  return new IpamError('invalid-config', message, { advice, facts: { annotation: annotationNames[key] } });
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
