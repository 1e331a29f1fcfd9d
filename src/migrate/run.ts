import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fenceMs } from '../daemon/allocation/pool-fence.ts';
import { IpamError } from '../resources/errors.ts';
import { type Place, parsePlace, placeText } from './endpoint-uri.ts';
import { hostLocalSource } from './host-local-source.ts';
import { migrate, undo } from './migration.ts';
import { embeddedSource, embeddedTarget, nodeJournal } from './open-local.ts';
import type { Source, Target } from './places.ts';
import type { Progress, Report } from './report.ts';

export interface MigrateRequest {
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly undo: boolean;
  /** Of this node's daemon; default: the host name. */
  readonly node: string | undefined;
  /** Of this node's daemon, for the record of containers that another IPAM served. */
  readonly dataDir: string;
  /** A network configuration, or the runtime's folder of them. */
  readonly networkConfig: string;
  /** Where the runtime finds plugins. */
  readonly cniBin: string;
  /** The network of containers that another IPAM names no network of. */
  readonly network: string | undefined;
  readonly poolFor: readonly string[];
  readonly cniCache: string;
  readonly onProgress: (progress: Progress) => void;
}

/** Clocks of two machines do not tick alike, and a pause may end early. */
const settleMs = fenceMs + 2_000;

/** Opens both places, migrates, and closes them. @throws IpamError */
export async function runMigration(request: MigrateRequest): Promise<Report> {
  const [from, to] = [parsePlace(request.from, '--from'), parsePlace(request.to, '--to')];
  if (placeText(from) === placeText(to)) {
    throw new IpamError('invalid-argument', `--from and --to are the same place, ${placeText(from)}`);
  }
  const node = request.node ?? hostname();
  const id = migrationId(from, to, node);
  const source = await openSource(from, to, node, request);
  try {
    const target = await openTarget(from, to, request);
    try {
      const { dryRun, onProgress } = request;
      const options = { id, source, target, dryRun, onProgress, pause: (ms: number) => pause(ms) };
      return await (request.undo ? undo(options) : migrate(options));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The same for the same command, so that it goes on where it was. What lies on a node's disk is another thing on each node. */
function migrationId(from: Place, to: Place, node: string): string {
  const isLocal = [from, to].some((place) => 'directory' in place);
  const text = `${placeText(from)} ${placeText(to)} ${isLocal ? node : ''}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function openSource(from: Place, to: Place, node: string, request: MigrateRequest): Promise<Source> {
  switch (from.kind) {
    case 'embedded':
      return embeddedSource(from.directory, to.kind === 'embedded');
    case 'host-local': {
      const { networkConfig: configs, poolFor, cniCache } = request;
      return hostLocalSource({ directory: from.directory, node, configs, poolFor, cniCache });
    }
    case 'members': {
      const { membersSource } = await import('./open-members.ts');
      return membersSource(from.etcd, settleMs);
    }
    case 'etcd':
    case 'kube-ipam': {
      const { etcdSource, kubeIpamSource } = await import('./open-etcd.ts');
      if (from.kind === 'etcd') return etcdSource(from.etcd, settleMs);
      return kubeIpamSource(from.etcd, { configs: request.networkConfig, program: join(request.cniBin, 'kube-ipam') });
    }
    case 'calico': {
      const { calicoSource } = await import('./open-calico.ts');
      return calicoSource(from.kubeconfig);
    }
    case 'cilium': {
      const { ciliumSource } = await import('./open-cilium.ts');
      return ciliumSource(from.kubeconfig, request.network);
    }
    default: {
      // Loaded only when asked for: the other commands start sooner.
      const kubernetes = await import('./open-kubernetes.ts');
      if (from.kind === 'whereabouts') return kubernetes.whereaboutsSource(from.kubeconfig, request.network);
      if (from.kind === 'spiderpool') return kubernetes.spiderpoolSource(from.kubeconfig, request.network);
      return kubernetes.kubernetesSource(from.kubeconfig, settleMs);
    }
  }
}

async function openTarget(from: Place, to: Place, { dataDir }: MigrateRequest): Promise<Target> {
  if (to.kind === 'embedded')
    return embeddedTarget(to.directory, from.kind === 'embedded' || from.kind === 'host-local');
  const target = await openSharedTarget(to);
  if (from.kind !== 'host-local') return target;
  const journal = await nodeJournal(dataDir);
  const close = async (): Promise<void> => {
    await journal.close();
    await target.close();
  };
  return { ...target, journal, close };
}

async function openSharedTarget(to: Place): Promise<Target> {
  if (to.kind === 'members') {
    const { membersTarget } = await import('./open-members.ts');
    return membersTarget(to.etcd);
  }
  if ('etcd' in to) {
    const { etcdTarget } = await import('./open-etcd.ts');
    return etcdTarget(to.etcd);
  }
  const { kubernetesTarget } = await import('./open-kubernetes.ts');
  return kubernetesTarget('kubeconfig' in to ? to.kubeconfig : undefined);
}
