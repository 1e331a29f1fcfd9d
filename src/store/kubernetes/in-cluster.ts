import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { IpamError } from '../../resources/errors.ts';
import type { AccessOptions } from './access.ts';

/** Where kubelet puts a Pod's service account. */
const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Access of a Pod by its service account, from what kubelet gave it. @throws IpamError invalid-config outside a Pod */
export function inClusterAccess(env: NodeJS.ProcessEnv, directory = serviceAccountDirectory): AccessOptions {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  if (host === '') {
    throw new IpamError('invalid-config', 'this is no Pod of a cluster: KUBERNETES_SERVICE_HOST is not set', {
      advice: 'name a kubeconfig file',
    });
  }
  const port = env.KUBERNETES_SERVICE_PORT ?? '443';
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    ca: { file: join(directory, 'ca.crt') },
    token: { file: join(directory, 'token') },
  };
}
