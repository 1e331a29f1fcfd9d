import { IpamError } from '../../resources/errors.ts';

/** How a kind of object is addressed on an API server. */
export interface ResourceType {
  readonly kind: string;
  /** `v1`, or `group/version`. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Is the status written by a path of its own? */
  readonly statusSubresource: boolean;
  /** False: there is no status to keep apart; true when absent. */
  readonly hasStatus?: boolean;
  /** Only these are listed and watched. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Path of all objects of a type, in one namespace or, without one, in all. */
export function collectionPath({ apiVersion, plural }: ResourceType, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${plural}`;
}

/** @throws IpamError invalid-argument: a namespace is missing, or there is one too many */
export function objectPath(type: ResourceType, { name, namespace }: { name: string; namespace?: string }): string {
  return `${namespacePath(type, namespace)}/${encodeURIComponent(name)}`;
}

/** Path that an object of the type is created under. @throws IpamError invalid-argument */
export function namespacePath(type: ResourceType, namespace: string | undefined): string {
  if (type.namespaced !== (namespace !== undefined)) {
    const rule = type.namespaced ? 'lives in a namespace, and none was named' : 'lives in no namespace';
    throw new IpamError('invalid-argument', `a ${type.kind} ${rule}`);
  }
  return collectionPath(type, namespace);
}

/** What a path is about, in the words of RBAC. */
export interface Target {
  /** Empty for the core group. */
  readonly group: string;
  /** `pods`, `spiderippools/status`; `-` for a path that is no resource. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

export function targetOf(path: string): Target {
  const [root, ...rest] = (path.split('?')[0] ?? '').split('/').slice(1).map(decodeURIComponent);
  const group = root === 'apis' ? (rest.shift() ?? '') : '';
  rest.shift();
  // A namespace alone is an object; with more behind it, it is where something is.
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest.splice(0, 2)[1] : undefined;
  const [plural, name, subresource] = rest;
  if (plural === undefined || (root !== 'api' && root !== 'apis')) return { group: '', resource: '-' };
  return {
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** `ipclaims.berth.network "10.0.0.1" in namespace "default"`, as far as the path says. */
export function describeTarget({ group, resource, namespace, name }: Target): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${qualified}${which}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}
