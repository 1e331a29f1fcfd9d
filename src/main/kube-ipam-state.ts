import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedNetworks } from '../cni/installed-networks.ts';
import { stateOf } from '../cni/kept-there.ts';
import { goConfig, networkConfig } from '../cni/network-config.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { IpamError } from '../resources/errors.ts';

const kubeIpam = 'kube-ipam';
/** Where kube-ipam looks for a kubeconfig when its file names none. */
const usualKubeconfig = '/etc/kubernetes/pki/kubectl.kubeconfig';

type KubeIpamState = NonNullable<ReturnType<typeof stateOf>>;

/**
 * kube-ipam has no daemon: its network configuration says where state is, and how Pods are read. When nothing names an engine,
 * and none has kept state in the data directory, that file is believed.
 * @returns the configuration to run with, and what to tell of it
 * @throws IpamError invalid-config: such a file cannot be read, or two of them name different places
 */
export function withKubeIpamState(config: DaemonConfig): {
  readonly config: DaemonConfig;
  readonly notes: readonly string[];
} {
  const isOpen = config.engine === 'embedded' && !config.isEngineNamed;
  if (!isOpen) return { config, notes: [] };
  const states = kubeIpamStates(config.cniConfDir);
  const [first, ...others] = states.flatMap(({ file, state: { etcd } }) =>
    etcd === undefined ? [] : [{ file, etcd }],
  );
  if (first === undefined) return { config, notes: [] };
  const { file, etcd } = first;
  const other = others.find((one) => JSON.stringify(one.etcd) !== JSON.stringify(etcd));
  if (other !== undefined) {
    throw new IpamError('invalid-config', `${file} and ${other.file} name different ipam.etcdConfig`, {
      advice: 'let them name the same, or start ipam-daemon with --etcd-endpoints',
    });
  }
  if (existsSync(join(config.dataDir, 'store'))) {
    const why = `${file} names etcd, but this daemon has kept state in ${config.dataDir} and goes on so`;
    return { config, notes: [`${why}; name --store-engine to have it otherwise`] };
  }
  const named = states.find(({ state }) => state.kubeConfig !== undefined)?.state.kubeConfig;
  const kubeconfig = config.kubeconfig ?? named ?? (existsSync(usualKubeconfig) ? usualKubeconfig : undefined);
  return {
    config: inEtcd(config, etcd, kubeconfig),
    notes: [`state is kept where ${file} says: in etcd at ${etcd.endpoints.join(', ')}`],
  };
}

function inEtcd(
  config: DaemonConfig,
  { endpoints, caFile, certFile, keyFile }: NonNullable<KubeIpamState['etcd']>,
  kubeconfig: string | undefined,
): DaemonConfig {
  const files = { caFile, certFile, keyFile };
  // Without TLS kube-ipam passes them over.
  const isSecure = endpoints.some((endpoint) => endpoint.startsWith('https://'));
  const tls = isSecure ? Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined)) : {};
  return { ...config, engine: 'etcd', etcd: { endpoints, tls, prefix: undefined }, kubeconfig };
}

function kubeIpamStates(folder: string): readonly { readonly file: string; readonly state: KubeIpamState }[] {
  if (!existsSync(folder)) return [];
  const { networks, unreadable } = installedNetworks(folder);
  // Passed over, the daemon would begin to keep state by itself, and not stop when the file is put right.
  for (const { file, reason } of unreadable) if (isKubeIpams(file)) throw reason;
  return networks.flatMap(({ file, ipamType, config }) => {
    const state = ipamType === kubeIpam ? stateOf(networkConfig(goConfig(config))) : undefined;
    return state === undefined ? [] : [{ file, state }];
  });
}

/** Of what cannot be parsed the words tell. */
function isKubeIpams(file: string): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes(`"${kubeIpam}"`) && text.includes('etcdConfig');
  } catch {
    return false;
  }
}
