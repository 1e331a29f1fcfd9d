import { IpamError } from '../../resources/errors.ts';
import type { Section } from '../dialect.ts';
import { type KubeIpamSection, program } from './configuration.ts';

/** Where a configuration of kube-ipam's says that addresses are kept, and how Pods are read. */
export interface KubeIpamState {
  readonly etcd: KubeIpamEtcd | undefined;
  /** Path of a kubeconfig. */
  readonly kubeConfig: string | undefined;
}

export interface KubeIpamEtcd {
  readonly endpoints: readonly string[];
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/**
 * What the `ipam` section of a network says of it. @returns undefined: the network is none of kube-ipam's
 * @throws IpamError invalid-config
 */
export function kubeIpamState(network: string, type: string, section: Section): KubeIpamState | undefined {
  if (type !== program) return undefined;
  const { etcdConfig, kubeConfig = etcdConfig?.kubeConfig } = section as KubeIpamSection;
  return { etcd: etcdConfig === undefined ? undefined : etcdOf(network, etcdConfig), kubeConfig };
}

function etcdOf(network: string, section: NonNullable<KubeIpamSection['etcdConfig']>): KubeIpamEtcd {
  const { etcdURL = '', etcdCertFile: certFile, etcdKeyFile: keyFile, etcdTrustedCAFileFile: caFile } = section;
  const endpoints = etcdURL
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const refuse = (why: string) => new IpamError('invalid-config', `network "${network}": ipam.etcdConfig${why}`);
  if (endpoints.length === 0) throw refuse('.etcdURL is missing: the addresses of etcd, comma-separated');
  if ((certFile === undefined) !== (keyFile === undefined)) throw refuse(': etcdCertFile and etcdKeyFile go together');
  return { endpoints, caFile, certFile, keyFile };
}
