import { isAbsolute, resolve } from 'node:path';
import { IpamError } from '../resources/errors.ts';
import { ownValue } from '../resources/own-value.ts';

/** Servers, and the files of TLS: `https://h1:2379,https://h2:2379?cacert=/ca.pem&cert=/client.pem&key=/client-key.pem`. */
export interface EtcdPlace {
  readonly endpoints: readonly string[];
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Of our keys; absent: the usual one. */
  readonly prefix?: string;
  /** Of kube-ipam: the cluster whose Pods have fixed addresses. */
  readonly kubeconfig?: string;
}

/** Where state is read from or written to. */
export type Place =
  /** A daemon's data directory. */
  | { readonly kind: 'embedded'; readonly directory: string }
  /** A cluster's API server; undefined: that of the Pod that this is. */
  | {
      readonly kind: 'kubernetes' | 'whereabouts' | 'spiderpool' | 'calico' | 'cilium';
      readonly kubeconfig: string | undefined;
    }
  /** Servers of one etcd, or daemons that are members of one cluster; the prefix is that of our keys in etcd. */
  | { readonly kind: 'etcd' | 'members' | 'kube-ipam'; readonly etcd: EtcdPlace }
  /** host-local's folder of all networks, or of one. */
  | { readonly kind: 'host-local'; readonly directory: string };

const forms = [
  'embedded:/var/lib/ipam',
  'etcd:https://h1:2379,https://h2:2379?cacert=/ca.pem&cert=/client.pem&key=/client-key.pem',
  'members:h1:7000,h2:7000?cacert=/ca.crt&cert=/admin.crt&key=/admin.key (or members:/run/ipam/ipam.sock)',
  'kubernetes:/path/kubeconfig (or kubernetes: in a Pod)',
  'host-local:/var/lib/cni/networks',
  'whereabouts:/path/kubeconfig',
  'spiderpool:/path/kubeconfig',
  'calico:/path/kubeconfig',
  'cilium:/path/kubeconfig',
  'kube-ipam:https://h1:2379,https://h2:2379?cacert=/ca.pem&cert=/client.pem&key=/client-key.pem&kubeconfig=/path/kubeconfig',
];

/** What `--to` may name. */
const engines: readonly string[] = ['embedded', 'etcd', 'members', 'kubernetes'];

/** @param flag `--from` or `--to`. @throws IpamError invalid-argument */
export function parsePlace(text: string, flag: '--from' | '--to'): Place {
  const colon = text.indexOf(':');
  const [kind, rest] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (flag === '--to' && forms.some((form) => form.startsWith(`${kind}:`)) && !engines.includes(kind)) {
    throw refuse(`${flag} ${text}: state cannot be moved to ${kind}`, `targets: ${engines.join(', ')}`);
  }
  switch (kind) {
    case 'embedded':
    case 'host-local':
      return { kind, directory: requireAbsolute(rest, text, flag) };
    case 'kubernetes':
    case 'whereabouts':
    case 'spiderpool':
    case 'calico':
    case 'cilium':
      return { kind, kubeconfig: rest === '' ? undefined : requireAbsolute(rest, text, flag) };
    case 'etcd':
    case 'members':
    case 'kube-ipam':
      return { kind, etcd: parseEtcd(rest, text, flag, kind === 'kube-ipam' ? kubeIpamKeys : etcdKeys) };
    default:
      throw refuse(`${flag} ${text}: no such place`, `write one of: ${forms.join('; ')}`);
  }
}

/** One spelling per place, so that the same command is the same migration. */
export function placeText(place: Place): string {
  if ('etcd' in place)
    return `${place.kind}:${place.etcd.endpoints.toSorted().join(',')}?prefix=${place.etcd.prefix ?? ''}`;
  return 'directory' in place ? `${place.kind}:${place.directory}` : `${place.kind}:${place.kubeconfig ?? ''}`;
}

const etcdKeys: Readonly<Record<string, keyof EtcdPlace>> = {
  cacert: 'caFile',
  cert: 'certFile',
  key: 'keyFile',
  prefix: 'prefix',
};
const kubeIpamKeys: typeof etcdKeys = { ...etcdKeys, kubeconfig: 'kubeconfig' };

function parseEtcd(rest: string, text: string, flag: string, keys: typeof etcdKeys): EtcdPlace {
  const [servers = '', query = ''] = rest.split('?');
  const endpoints = servers.split(',').filter((server) => server !== '');
  if (endpoints.length === 0)
    throw refuse(`${flag} ${text}: no server is named`, 'write it like https://10.0.0.1:2379');
  const files: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const field = ownValue(keys, key);
    if (field === undefined)
      throw refuse(`${flag} ${text}: unknown key "${key}"`, `known: ${Object.keys(keys).join(', ')}`);
    files[field] = requireAbsolute(value, text, flag);
  }
  return { endpoints, ...files };
}

function requireAbsolute(path: string, text: string, flag: string): string {
  if (isAbsolute(path)) return resolve(path);
  throw refuse(`${flag} ${text}: "${path}" is not an absolute path`, 'write it from the root: embedded:/var/lib/ipam');
}

function refuse(message: string, advice: string): IpamError {
  return new IpamError('invalid-argument', message, { advice });
}
