import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { needsRoot } from '../kit/privilege.ts';

/** Where the programs of a cluster are. */
export interface Binaries {
  readonly directory: string;
  /** Minor version of Kubernetes: 20 for 1.20. */
  readonly minor: number;
  /** Path of a program: that of the same folder, else the machine's. */
  path(program: string): string;
}

const controlPlanePrograms = ['kube-apiserver', 'kubectl', 'etcd', 'openssl'];
const nodePrograms = [
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'containerd',
  'ctr',
  'runc',
  'busybox',
  'iptables',
  'nsenter',
];

let found: Binaries | undefined;

/** The binaries that `scripts/kubernetes-binaries.sh` built, or those of KUBEBUILDER_ASSETS. @throws when there are none */
export function binaries(): Binaries {
  found ??= findBinaries();
  return found;
}

/** Why no API server can be started here; empty when one can. */
export function needsControlPlane(): string {
  return missing(controlPlanePrograms);
}

/** Why no cluster with nodes can be started here; empty when one can. */
export function needsNodes(): string {
  return needsRoot === '' ? missing([...controlPlanePrograms, ...nodePrograms]) : 'needs root to make nodes';
}

function missing(programs: readonly string[]): string {
  const script = spawnSync(join(root, 'scripts/kubernetes-binaries.sh'), ['--find'], { encoding: 'utf8' });
  if (script.status !== 0) return script.stderr.trim();
  const absent = programs.filter((program) => !isExecutable(binaries().path(program)));
  return absent.length === 0 ? '' : `not on this machine: ${absent.join(', ')}`;
}

function findBinaries(): Binaries {
  const directory = execFileSync(join(root, 'scripts/kubernetes-binaries.sh'), ['--find'], { encoding: 'utf8' }).trim();
  const version = execFileSync(join(directory, 'kube-apiserver'), ['--version'], { encoding: 'utf8' });
  const minor = Number(/v1\.(\d+)/.exec(version)?.[1]);
  if (!Number.isInteger(minor)) throw new Error(`kube-apiserver says no version: ${version}`);
  const places = [directory, ...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const path = (program: string): string =>
    places.map((place) => join(place, program)).find(isExecutable) ?? join(directory, program);
  return { directory, minor, path };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
