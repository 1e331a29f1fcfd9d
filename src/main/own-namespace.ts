import { readFileSync } from 'node:fs';
import type { KubernetesClient } from '../store/kubernetes/client.ts';

export const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const defaultNamespace = 'berth-system';

/** Where the controller keeps its lease, unless its configuration says otherwise: daemon and controller are installed together. */
export function controllerNamespace({ namespace }: Pick<KubernetesClient, 'namespace'>): string {
  return ownNamespace() ?? namespace ?? defaultNamespace;
}

/** Of the Pod that this is; undefined outside of one. */
function ownNamespace(): string | undefined {
  try {
    return readFileSync(namespaceFile, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
