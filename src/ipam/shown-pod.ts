import { isIpamError } from '../resources/errors.ts';
import { parseJsonText } from '../resources/json-text.ts';
import type { Metadata } from '../resources/resource.ts';
import { defaultInterface } from './attachment.ts';

/** What an API server shows of a Pod, as far as it tells of addresses. */
export interface ShownPod {
  readonly metadata: Metadata & { readonly uid: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
}

/** As it is written: nobody has looked whether it is an address. */
export interface ShownAddress {
  readonly ip: string;
  /** Empty: it is not said. */
  readonly ifname: string;
}

/** What Multus writes of the interfaces that it adds. */
const networkStatus = 'k8s.v1.cni.cncf.io/network-status';

/** The status of a Pod that has ended shows the addresses that it had. */
export function isAlive({ status }: ShownPod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** Which addresses a Pod has, as kubelet and Multus have told the API server; one may be there several times. */
export function shownAddresses({
  metadata,
  status: { podIP, podIPs = [] } = {},
}: Pick<ShownPod, 'status'> & { readonly metadata: Metadata }): readonly ShownAddress[] {
  const own = [podIP ?? '', ...podIPs.map(({ ip }) => ip)].filter((ip) => ip !== '');
  return [...own.map((ip) => ({ ip, ifname: defaultInterface })), ...ofNetworks(metadata.annotations?.[networkStatus])];
}

/** Anybody may write an annotation: what is not as Multus writes it says nothing. */
function ofNetworks(text = ''): readonly ShownAddress[] {
  const networks = jsonOrNone(text);
  return (Array.isArray(networks) ? networks : []).flatMap(
    (network: { readonly interface?: unknown; readonly ips?: unknown } | null) => {
      const { interface: ifname, ips } = network ?? {};
      const texts: readonly unknown[] = Array.isArray(ips) ? ips : [];
      return texts.flatMap((ip) =>
        typeof ip === 'string' && ip !== '' ? [{ ip, ifname: typeof ifname === 'string' ? ifname : '' }] : [],
      );
    },
  );
}

function jsonOrNone(text: string): unknown {
  try {
    return parseJsonText(text, '');
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return undefined;
  }
}
