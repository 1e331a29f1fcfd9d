import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimKind, newClaim } from '../../src/resources/claim.ts';
import { type IpamError, isIpamError } from '../../src/resources/errors.ts';
import { allKinds } from '../../src/resources/kinds.ts';
import type { AccessOptions } from '../../src/store/kubernetes/access.ts';
import { KubernetesClient } from '../../src/store/kubernetes/client.ts';
import { inClusterAccess } from '../../src/store/kubernetes/in-cluster.ts';
import { kubeconfigAccess } from '../../src/store/kubernetes/kubeconfig.ts';
import { KubernetesStore } from '../../src/store/kubernetes/kubernetes-store.ts';
import { needsControlPlane } from '../cluster/binaries.ts';
import { certificate } from '../cluster/certificate.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { install } from '../cluster/installed.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { claimSpec } from './claim-spec.ts';
import { clientOf } from './client.ts';

const reason = needsControlPlane();

describe('access to an API server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-access-'));
  const carol = join(directory, 'carol.crt');
  const controlPlane = new ControlPlane({ flags: [`--client-ca-file=${carol}`] });
  const clients: KubernetesClient[] = [];
  const open = (access: AccessOptions): KubernetesClient => {
    const client = new KubernetesClient({ access, userAgent: 'berth-test/1' });
    clients.push(client);
    return client;
  };
  const failure = (action: Promise<unknown>): Promise<IpamError | undefined> =>
    action.then(
      () => undefined,
      (error: unknown) => {
        if (isIpamError(error)) return error;
        throw error;
      },
    );
  /** A kubeconfig for the control plane with this user. */
  const kubeconfig = (name: string, user: object): string => {
    const path = join(directory, name);
    const config = {
      'current-context': 'here',
      clusters: [
        {
          name: 'c',
          cluster: {
            server: controlPlane.url,
            'certificate-authority-data': readFileSync(controlPlane.caFile).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'ours' } }],
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  };

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await certificate(directory, 'carol', ['carol']);
    await controlPlane.start();
    await install(controlPlane);
    await controlPlane.kubectl('create', 'serviceaccount', 'daemon');
    await controlPlane.kubectl(
      'create',
      'clusterrole',
      'daemon',
      '--verb=list,get',
      '--resource=ipclaims.berth.network',
    );
    await controlPlane.kubectl(
      'create',
      'clusterrolebinding',
      'daemon',
      '--clusterrole=daemon',
      '--serviceaccount=default:daemon',
    );
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await controlPlane.stop();
    rmSync(directory, { recursive: true });
  });

  it('says who may not do what, and what the role lacks', async () => {
    const client = open(kubeconfigAccess(await controlPlane.kubeconfigFor('default/daemon')));
    const store = new KubernetesStore({ client });
    await waitFor(
      'the role to be known',
      async () => (await failure(store.list(claimKind))) === undefined || undefined,
    );
    const error = await failure(store.create(newClaim(claimSpec(1))));
    expect(error?.code).toBe('permission-denied');
    expect(error?.message).toContain('system:serviceaccount:default:daemon');
    expect(error?.advice).toContain('lacks verb "create" on "ipclaims" of group berth.network');
  });

  it('is that of a Pod’s service account, whose token is replaced while the program runs', async () => {
    const pod = join(directory, 'serviceaccount');
    mkdirSync(pod);
    writeFileSync(join(pod, 'ca.crt'), readFileSync(controlPlane.caFile));
    writeFileSync(join(pod, 'token'), 'expired');
    const env = { KUBERNETES_SERVICE_HOST: controlPlane.address, KUBERNETES_SERVICE_PORT: '6443' };
    const client = open(inClusterAccess(env, pod));
    const refused = await failure(client.list('/apis/berth.network/v1alpha1/ipclaims'));
    expect(refused?.code).toBe('permission-denied');
    expect(refused?.advice).toContain('token');
    writeFileSync(join(pod, 'token'), await controlPlane.serviceAccountToken('default/daemon'));
    expect((await client.list('/apis/berth.network/v1alpha1/ipclaims')).items).toEqual([]);
  });

  it('may be by client certificate, by token file or by a credential plugin', async () => {
    writeFileSync(join(directory, 'token'), controlPlane.token());
    const credential = { kind: 'ExecCredential', status: { token: controlPlane.token() } };
    writeFileSync(join(directory, 'plugin'), `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' };
    const byFile = open(kubeconfigAccess(kubeconfig('by-file', { tokenFile: 'token' })));
    const byPlugin = open(kubeconfigAccess(kubeconfig('by-plugin', { exec })));
    for (const client of [byFile, byPlugin]) {
      expect(client.namespace).toBe('ours');
      expect(await client.get('/api/v1/namespaces/default')).toMatchObject({ metadata: { name: 'default' } });
    }
    const user = { 'client-certificate': 'carol.crt', 'client-key': 'carol.key' };
    const byCertificate = open(kubeconfigAccess(kubeconfig('by-certificate', user)));
    expect((await failure(byCertificate.get('/api/v1/namespaces/default')))?.message).toContain('User "carol"');
  });

  it('is refused to a server whose certificate another authority signed', async () => {
    const access = kubeconfigAccess(controlPlane.kubeconfig());
    const error = await failure(open({ ...access, ca: { file: carol } }).get('/version'));
    expect(error?.code).toBe('store-unavailable');
    expect(error?.message).toContain('certificate');
  });

  it('says which definitions are missing', async () => {
    const types = [{ ...allKinds[0], plural: 'absences', apiVersion: 'absent.berth.network/v1' }] as typeof allKinds;
    const store = new KubernetesStore({ client: clientOf(controlPlane), types });
    const error = await failure(store.get({ kind: types[0]?.kind ?? '', name: 'a' }));
    expect(error?.code).toBe('store-unavailable');
    expect(error?.advice).toContain('deploy/crds');
  });

  it('serves built-in kinds as well: create, patch, watch, delete', async () => {
    const seen: string[] = [];
    const client = new KubernetesClient({
      access: kubeconfigAccess(controlPlane.kubeconfig()),
      userAgent: 'berth-test/1',
      onRequest: (verb, resource, code) => seen.push(`${verb} ${resource} ${code}`),
    });
    clients.push(client);
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    type Lease = { metadata: { name: string; resourceVersion: string; uid: string }; spec: { holderIdentity: string } };
    const { version } = await client.list<Lease>(leases);
    const lease = await client.create<Lease>(leases, { metadata: { name: 'leader' }, spec: { holderIdentity: 'a' } });
    await client.patch<Lease>(`${leases}/leader`, { spec: { holderIdentity: 'b' } });
    const stale = await failure(client.replace(`${leases}/leader`, { ...lease, spec: { holderIdentity: 'c' } }));
    expect(stale?.code).toBe('conflict');
    await client.delete(`${leases}/leader`, { preconditions: { uid: lease.metadata.uid } });
    expect(await client.get(`${leases}/leader`)).toBeUndefined();
    const stop = new AbortController();
    const events: string[] = [];
    for await (const event of client.watch<Lease>(leases, version, stop.signal)) {
      if (event.type === 'bookmark') continue;
      events.push(`${event.type} ${event.object.spec.holderIdentity}`);
      if (event.type === 'deleted') break;
    }
    expect(events).toEqual(['added a', 'modified b', 'deleted b']);
    expect(seen).toEqual([
      'list leases 200',
      'create leases 201',
      'patch leases 200',
      'update leases 409',
      'delete leases 200',
      'get leases 404',
      'watch leases 200',
    ]);
  });
});
