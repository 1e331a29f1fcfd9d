import { KubernetesClient, type KubernetesClientOptions } from '../../src/store/kubernetes/client.ts';
import { kubeconfigAccess } from '../../src/store/kubernetes/kubeconfig.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';

/** A client of a test's control plane, as admin unless told otherwise. */
export function clientOf(controlPlane: ControlPlane, options: Partial<KubernetesClientOptions> = {}): KubernetesClient {
  return new KubernetesClient({
    access: kubeconfigAccess(controlPlane.kubeconfig()),
    userAgent: 'berth-test',
    ...options,
  });
}
