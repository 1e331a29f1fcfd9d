import { request } from 'node:https';
import { describe, expect, it } from 'vitest';
import { issue, newAuthority, newKey } from '../../tls/issue.ts';
import { admissionServer } from './admission-server.ts';
import { newServingPair } from './tls/certificate.ts';

describe('with callers that must prove who they are, the admission webhook', () => {
  const now = Date.now();
  const lifetimeMs = 3_600_000;
  const authority = newAuthority({ name: 'clients', now, lifetimeMs });
  const certificate = (name: string, by = authority) => {
    const key = newKey();
    const cert = issue({ authority: by, subject: { name }, hosts: [], uses: ['client'], key, now, lifetimeMs });
    return { cert, key };
  };

  it('answers API servers, and nobody else', async () => {
    const { cert, key, ca } = newServingPair({ hosts: ['127.0.0.1'], now, lifetimeMs });
    const server = admissionServer(
      { validate: async () => ({ allowed: true }), mutate: async () => ({ allowed: true }) },
      { cert, key },
      { ca: authority.cert, names: ['kube-apiserver'] },
    );
    const port = await server.listen('127.0.0.1', 0);
    const ask = (with_: object): Promise<number> =>
      new Promise((resolve) => {
        const kind = { group: 'g', version: 'v1', kind: 'Pod' };
        const body = { uid: 'u', kind, operation: 'CONNECT', object: null, oldObject: null };
        const sent = request({
          host: '127.0.0.1',
          port,
          path: '/validate',
          method: 'POST',
          ca,
          agent: false,
          ...with_,
        });
        sent.once('response', (answer) => resolve(answer.resume().statusCode ?? 0));
        sent.once('error', () => resolve(0));
        sent.setHeader('content-type', 'application/json');
        sent.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: body }));
      });
    const stranger = newAuthority({ name: 'strangers', now, lifetimeMs });
    expect([
      await ask(certificate('kube-apiserver')),
      await ask(certificate('a-node')),
      await ask(certificate('kube-apiserver', stranger)),
      await ask({}),
    ]).toEqual([200, 403, 0, 0]);
    await server.stop();
  });
});
