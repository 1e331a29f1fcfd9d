import { isAbsolute, resolve } from 'node:path';
import { IpamError } from '../resources/errors.ts';

/** Where state is read from or written to. */
export type Place =
  /** A daemon's data directory. */
  | { readonly kind: 'embedded'; readonly directory: string }
  /** A cluster's API server; undefined: that of the Pod that this is. */
  | { readonly kind: 'kubernetes' | 'whereabouts' | 'spiderpool'; readonly kubeconfig: string | undefined }
  /** host-local's folder of all networks, or of one. */
  | { readonly kind: 'host-local'; readonly directory: string };

const forms = [
  'embedded:/var/lib/ipam',
  'kubernetes:/path/kubeconfig (or kubernetes: in a Pod)',
  'host-local:/var/lib/cni/networks',
  'whereabouts:/path/kubeconfig',
  'spiderpool:/path/kubeconfig',
];

/** What `--to` may name. */
const engines: readonly string[] = ['embedded', 'kubernetes'];

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
      return { kind, kubeconfig: rest === '' ? undefined : requireAbsolute(rest, text, flag) };
    default:
      throw refuse(`${flag} ${text}: no such place`, `write one of: ${forms.join('; ')}`);
  }
}

/** One spelling per place, so that the same command is the same migration. */
export function placeText(place: Place): string {
  return 'directory' in place ? `${place.kind}:${place.directory}` : `${place.kind}:${place.kubeconfig ?? ''}`;
}

function requireAbsolute(path: string, text: string, flag: string): string {
  if (isAbsolute(path)) return resolve(path);
  throw refuse(`${flag} ${text}: "${path}" is not an absolute path`, 'write it from the root: embedded:/var/lib/ipam');
}

function refuse(message: string, advice: string): IpamError {
  return new IpamError('invalid-argument', message, { advice });
}
