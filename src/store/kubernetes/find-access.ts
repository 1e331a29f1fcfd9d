import { delimiter } from 'node:path';
import type { AccessOptions } from './access.ts';
import { inClusterAccess, isInCluster } from './in-cluster.ts';
import { kubeconfigAccess } from './kubeconfig.ts';

/**
 * Access by the kubeconfig that is named; else that of the Pod we are in; else by the first file of $KUBECONFIG.
 * @throws IpamError invalid-config: none of them is there, or it is wrong; unsupported
 */
export function findAccess(
  { kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string },
  env: NodeJS.ProcessEnv,
): AccessOptions {
  if (kubeconfig !== undefined) return kubeconfigAccess(kubeconfig, context);
  const [first = ''] = (env.KUBECONFIG ?? '').split(delimiter);
  return isInCluster(env) || first === '' ? inClusterAccess(env) : kubeconfigAccess(first, context);
}
