import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import type { Resource } from '../../../resources/resource.ts';
import { MemoryStore } from '../../../store/memory/memory-store.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { AdmissionWebhook } from '../admission-webhook.ts';
import type { PodAdmissionFacts } from '../pod-admission.ts';
import { newServingPair } from '../tls/certificate.ts';
import type { TlsMaterial } from '../tls/tls-source.ts';
import { Objects } from './objects.ts';

export interface Answer {
  readonly code: number;
  readonly response: {
    readonly uid?: string;
    readonly allowed?: boolean;
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
    readonly warnings?: readonly string[];
    readonly patch?: readonly { readonly op: string; readonly path: string; readonly value: unknown }[];
  };
}

const material: TlsMaterial = (() => {
  const { cert, key, ca } = newServingPair({ hosts: ['127.0.0.1'], now: Date.now(), lifetimeMs: 3_600_000 });
  return { cert, key, caBundle: ca };
})();

/** A webhook over a store in memory, asked as an API server asks: by HTTPS. */
export class WebhookUnderTest {
  readonly store = new MemoryStore({ now: () => 0, newUid: () => randomUUID() });
  /** What it counted: `validate SpiderIPPool create allowed`. */
  readonly seen: string[] = [];
  readonly #webhook: AdmissionWebhook;

  constructor(clock: Clock = systemClock, reviewMs = 500, pods?: PodAdmissionFacts) {
    this.#webhook = new AdmissionWebhook({
      store: this.store,
      client: new Objects(),
      tls: { read: async () => material },
      host: '127.0.0.1',
      port: 0,
      namespace: 'berth-system',
      log: silentLog,
      clock,
      onReview: (...what) => this.seen.push(what.slice(0, 4).join(' ')),
      reviewMs,
      ...(pods === undefined ? {} : { pods }),
    });
  }

  async start(): Promise<this> {
    await this.#webhook.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#webhook.stop();
  }

  post(path: string, body: string, contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.#webhook.port, path, method: 'POST', ca: material.caBundle, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          // A connection that breaks in the middle of an answer ends it without an end.
          incoming.on('error', reject);
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            const { response = {} } = JSON.parse(Buffer.concat(chunks).toString());
            const patch = response.patch === undefined ? {} : { patch: JSON.parse(atob(response.patch)) };
            resolve({ code: incoming.statusCode ?? 0, response: { ...response, ...patch } });
          });
        },
      );
      sent.on('error', reject);
      sent.setHeader('content-type', contentType);
      sent.end(body);
    });
  }

  review(path: string, operation: string, fields: object): Promise<Answer> {
    const kind = { group: 'spiderpool.spidernet.io', version: 'v2beta1', kind: 'SpiderIPPool' };
    const asked = { uid: 'u1', kind, resource: {}, operation, userInfo: {}, object: null, oldObject: null, ...fields };
    const whole = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
    return this.post(path, JSON.stringify(whole));
  }
}

export const spiderpool = 'spiderpool.spidernet.io/v2beta1';

export function pool(name: string, spec: object, metadata: object = {}): Resource {
  return { apiVersion: spiderpool, kind: 'SpiderIPPool', metadata: { name, ...metadata }, spec };
}

export const blue = pool('blue', { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.99'] });
