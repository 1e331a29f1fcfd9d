/** A Pod that gets no address. `says` and `advice` are what the runtime is told, and its Event says. */
export interface BadPod {
  readonly what: string;
  /** Of the Pod. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of its Namespace. */
  readonly namespace?: Readonly<Record<string, string>>;
  /** The network's file, as it is on the node; absent: one whose addresses come from the default pools. */
  readonly network?: string;
  readonly says: string;
  readonly advice?: string;
}

export const plainNetwork =
  '{"cniVersion": "1.0.0", "name": "plain", "type": "macvlan", "ipam": {"type": "spiderpool"}}';

/** A network of kube-ipam's. @param ipam what its `ipam` has beside the type */
export function kubeIpam(ipam: object): string {
  return JSON.stringify({ cniVersion: '0.3.1', name: 'k8s', type: 'macvlan', ipam: { type: 'kube-ipam', ...ipam } });
}

export const subnet = { subnet: '10.188.0.0/16', gateway: '10.188.0.1' } as const;
