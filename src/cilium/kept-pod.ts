import { familyOf } from './cilium-node.ts';

/** A Pod's name for which addresses are kept, whether or not there is such a Pod at the moment. */
export interface KeptPod {
  /** `namespace/name`: the owner of its entries. */
  readonly pod: string;
  /** `namespace/Kind/name` of what it is kept for. */
  readonly resource: string;
  /** At most one of each family. */
  readonly addresses: readonly string[];
}

/** What a record says of a Pod, under its name: `StatefulSet/web 10.240.1.10 fd00:240::a`. */
export function keptText({ resource, addresses }: KeptPod): string {
  const [, kind, name] = resource.split('/');
  return [`${kind}/${name}`, ...addresses].join(' ');
}

/** @returns undefined: it was not written by this, and is left alone */
export function parseKept(namespace: string, name: string, text: string): KeptPod | undefined {
  const [owner = '', ...addresses] = text.split(' ');
  const resource = `${namespace}/${owner}`;
  if (parseResource(resource) === undefined || !addresses.every((address) => familyOf(address))) return undefined;
  return { pod: `${namespace}/${name}`, resource, addresses };
}

export interface ResourceName {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** `namespace/Kind/name`. @returns undefined: it is not */
export function parseResource(text: string): ResourceName | undefined {
  const [namespace = '', kind = '', name = '', ...more] = text.split('/');
  return namespace === '' || kind === '' || name === '' || more.length > 0 ? undefined : { namespace, kind, name };
}
