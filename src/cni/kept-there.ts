import { type KubeIpamState, kubeIpamState } from '../dialects/kube-ipam/state.ts';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { NetworkConfig } from './network-config.ts';

/** Where this daemon keeps addresses, and whom it can ask of Pods. */
export interface KeptIn {
  readonly engine: 'embedded' | 'etcd' | 'kubernetes';
  /** Of an etcd that somebody else runs; undefined: it is in none. */
  readonly endpoints: readonly string[] | undefined;
  readonly knowsPods: boolean;
}

/** What a network of kube-ipam's says of where its addresses are kept. @throws IpamError invalid-config */
export function stateOf({ name, ipam }: NetworkConfig): KubeIpamState | undefined {
  return ipam === undefined ? undefined : kubeIpamState(name, ipam.type, ipam);
}

/**
 * A network whose file keeps addresses in an etcd that all nodes share must not have them from a daemon that keeps them by
 * itself, nor random ones because nobody reads what its Pods ask for.
 * @param hasPod does the call name a Pod?
 * @throws IpamError invalid-config
 */
export function requireKeptThere(network: NetworkConfig, keptIn: KeptIn, hasPod: boolean): void {
  const { etcd, kubeConfig } = stateOf(network) ?? {};
  const subject = `network "${network.name}"`;
  if (etcd !== undefined && keptIn.engine === 'embedded') {
    const endpoints = etcd.endpoints.join(',');
    throw new IpamError(
      'invalid-config',
      `${subject}: ipam.etcdConfig keeps addresses in etcd at ${endpoints}, and this daemon keeps its own on this node: another node would give them as well`,
      {
        advice: `start ipam-daemon with --etcd-endpoints=${endpoints}; with an empty data directory and no engine named it takes them from this file when it starts`,
      },
    );
  }
  if (kubeConfig !== undefined && hasPod && !keptIn.knowsPods) {
    throw new IpamError(
      'invalid-config',
      `${subject}: annotations of Pods are read by ipam.kubeConfig ${kubeConfig}, and this daemon knows of no Pods`,
      { advice: `start ipam-daemon with --kubeconfig=${kubeConfig}` },
    );
  }
}

/** Of a configuration that comes with every ADD it is said once. */
export function tellKeptElsewhere(network: NetworkConfig, { engine, endpoints }: KeptIn, log: Log): void {
  const { etcd } = stateOf(network) ?? {};
  if (etcd === undefined || etcd.endpoints.some((one) => endpoints?.some((own) => hostOf(own) === hostOf(one)))) return;
  log.info(
    { network: network.name, etcdConfig: etcd.endpoints, engine, ...(endpoints === undefined ? {} : { endpoints }) },
    'ipam.etcdConfig is not used: this daemon shares its addresses with the other nodes elsewhere',
  );
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
