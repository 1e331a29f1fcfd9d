import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { waitFor } from '../kit/wait.ts';
import { binaries, needsControlPlane } from './binaries.ts';
import { certificate } from './certificate.ts';
import { ControlPlane } from './control-plane.ts';

const reason = needsControlPlane();

describe('a control plane', () => {
  const controlPlane = new ControlPlane({ users: { alice: ['readers'] } });
  const kubectlAs = (kubeconfig: string, ...args: string[]): ReturnType<typeof run> =>
    run(binaries().path('kubectl'), ['--kubeconfig', kubeconfig, ...args]);
  // The API server follows its own roles and webhooks with a delay.
  const allowed = (...command: [string, ...string[]]): Promise<true> =>
    waitFor(`${command.join(' ')} to be allowed`, async () => (await kubectlAs(...command)).exit === 0 || undefined);

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await controlPlane.start();
  });
  afterAll(() => controlPlane.stop());

  it('lets a user do what RBAC says, and no more', async () => {
    expect(await kubectlAs(controlPlane.kubeconfig('alice'), 'get', 'namespaces')).toMatchObject({ exit: 1 });
    await controlPlane.kubectl('create', 'clusterrole', 'reader', '--verb=list', '--resource=namespaces');
    await controlPlane.kubectl('create', 'clusterrolebinding', 'readers', '--clusterrole=reader', '--group=readers');
    await allowed(controlPlane.kubeconfig('alice'), 'get', 'namespaces');
    const refused = await kubectlAs(controlPlane.kubeconfig('alice'), 'create', 'namespace', 'hers');
    expect(refused.stderr).toContain('forbidden');
  });

  it('knows service accounts by their tokens', async () => {
    await controlPlane.kubectl('create', 'serviceaccount', 'daemon');
    const kubeconfig = await controlPlane.kubeconfigFor('default/daemon');
    const refused = await kubectlAs(kubeconfig, 'get', 'configmaps');
    expect(refused.stderr).toContain('system:serviceaccount:default:daemon');
    // Not the role "view": it is put together by the controller manager, which is not here.
    await controlPlane.kubectl('create', 'role', 'viewer', '--verb=list', '--resource=configmaps');
    await controlPlane.kubectl('create', 'rolebinding', 'daemon', '--role=viewer', '--serviceaccount=default:daemon');
    await allowed(kubeconfig, 'get', 'configmaps');
  });

  it('keeps what it was told over a crash', async () => {
    await controlPlane.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kept', namespace: 'default' },
      data: { answer: '42' },
    });
    const { url } = controlPlane;
    await controlPlane.apiServer.crash();
    await expect(controlPlane.get('/version')).rejects.toThrow();
    await controlPlane.apiServer.start();
    expect(controlPlane.url).toBe(url);
    expect(await controlPlane.get('/api/v1/namespaces/default/configmaps/kept')).toMatchObject({
      data: { answer: '42' },
    });
  });

  it('asks a webhook of ours', async () => {
    const { cert, key } = await certificate(controlPlane.directory, 'webhook', ['127.0.0.1']);
    const server = createServer({ cert, key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const review = JSON.parse(Buffer.concat(chunks).toString()) as { request: { uid: string } };
        const answer = { uid: review.request.uid, allowed: false, status: { message: 'not on a Saturday' } };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      await controlPlane.apply({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'saturday' },
        webhooks: [
          {
            name: 'saturday.berth.test',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(cert).toString('base64') },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
          },
        ],
      });
      await waitFor('the webhook to be asked', async () => {
        const { exit, stderr } = await controlPlane.tryKubectl(
          'create',
          'secret',
          'generic',
          'mine',
          '--dry-run=server',
        );
        return (exit !== 0 && stderr.includes('not on a Saturday')) || undefined;
      });
    } finally {
      await controlPlane.kubectl('delete', 'validatingwebhookconfiguration', 'saturday');
      server.close();
    }
  });
});
