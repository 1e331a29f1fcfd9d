import type { Family } from '../../ip/address.ts';
import { defaultInterface, podSubject } from '../../ipam/attachment.ts';
import type { AnnotationRequest, AskingInterface } from '../dialect.ts';
import { annotationNames, matchRequired, type NamedPool, poolNamed } from './annotations.ts';

const families: readonly Family[] = [4, 6];

/**
 * Cilium reads them for the interface that it sets up, a Pod's default one: of each IP family the Pod's, else its namespace's. Of a
 * family that neither names, `require-pool-match` refuses pools that are for everybody.
 * @throws IpamError invalid-config
 */
export function annotationsToRequest({ facts, pod, ifname }: AskingInterface): AnnotationRequest {
  if (ifname !== defaultInterface) return {};
  const subject = podSubject(pod);
  const home = `namespace "${pod.namespace}"`;
  const named = { 4: namedIn(4), 6: namedIn(6) };
  function namedIn(family: Family): NamedPool | undefined {
    return poolNamed(facts.pod.annotations, family, subject) ?? poolNamed(facts.namespace.annotations, family, home);
  }
  const origins = [...new Set(families.flatMap((family) => named[family]?.origin ?? []))];
  const unnamed = families.filter((family) => named[family] === undefined);
  const required = matchRequired(facts.pod.annotations, subject) ?? matchRequired(facts.namespace.annotations, home);
  const names = { 4: named[4]?.name, 6: named[6]?.name };
  const source = { kind: 'by-name', origin: origins.join(' and '), names, label: annotationNames.pool } as const;
  return {
    ...(origins.length === 0 ? {} : { source }),
    ...(required === undefined || unnamed.length === 0
      ? {}
      : { onlyMatching: { origin: required, families: unnamed } }),
  };
}
