import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { TrustedCallers } from '../../src/controller/guarded-server.ts';
import { AdmissionWebhook } from '../../src/controller/webhook/admission-webhook.ts';
import { SecretTls } from '../../src/controller/webhook/tls/secret-tls.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { KubernetesClient } from '../../src/store/kubernetes/client.ts';
import { KubernetesStore } from '../../src/store/kubernetes/kubernetes-store.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { root } from '../kit/paths.ts';
import type { ControlPlane } from './control-plane.ts';

const address = '127.0.0.1';

/** Callers that prove to be API servers, and the card of one. */
export interface ProvenCallers {
  readonly callers: TrustedCallers;
  readonly card: { readonly cert: string; readonly key: string };
}

/** The webhook of one ipam-controller, with the rights of its service account and a clock that can be behind. */
export class WebhookReplica {
  readonly webhook: AdmissionWebhook;
  /** `validate SpiderIPPool create allowed` */
  readonly reviews: string[] = [];
  readonly #client: KubernetesClient;
  readonly #proven: ProvenCallers | undefined;
  behindMs: number;

  private constructor(client: KubernetesClient, port: number, behindMs: number, proven: ProvenCallers | undefined) {
    this.#client = client;
    this.#proven = proven;
    this.behindMs = behindMs;
    const now = (): number => Date.now() - this.behindMs;
    const shared = { client, namespace: 'berth-system', log: silentLog };
    this.webhook = new AdmissionWebhook({
      ...shared,
      store: new KubernetesStore({ client }),
      tls: new SecretTls({ ...shared, secretName: 'berth-webhook-tls', hosts: [address], now }),
      host: address,
      port,
      clock: { ...systemClock, now },
      onReview: (...what) => this.reviews.push(what.slice(0, 4).join(' ')),
      // Tests look after the certificates themselves.
      refreshMs: 3_600_000,
      ...(proven === undefined ? {} : { callers: proven.callers }),
    });
  }

  /** @param port zero: one that is free */
  static async start(
    controlPlane: ControlPlane,
    { port = 0, behindMs = 0, proven }: { port?: number; behindMs?: number; proven?: ProvenCallers } = {},
  ): Promise<WebhookReplica> {
    const token = await controlPlane.serviceAccountToken('berth-system/ipam-controller');
    const client = new KubernetesClient({
      access: { server: controlPlane.url, ca: { file: controlPlane.caFile }, token: { text: token } },
      userAgent: 'ipam-controller/test',
    });
    const replica = new WebhookReplica(client, port, behindMs, proven);
    await replica.webhook.start();
    return replica;
  }

  /** Asks this replica, and not the one that the API server asks. */
  async wouldCreate(object: { readonly kind: string }): Promise<boolean> {
    const kind = { group: 'spiderpool.spidernet.io', version: 'v2beta1', kind: object.kind };
    const review = { uid: 'test', kind, operation: 'CREATE', object, oldObject: null, dryRun: false };
    const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: review });
    const to = { host: address, port: this.webhook.port, path: '/validate', method: 'POST', rejectUnauthorized: false };
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(
        { ...to, ...this.#proven?.card, headers: { 'content-type': 'application/json' }, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
    return (JSON.parse(text) as { response: { allowed: boolean } }).response.allowed;
  }

  async stop(): Promise<void> {
    await this.webhook.stop();
    this.#client.close();
  }
}

/** Installs what deploy/webhook has, and that for Pods, but for its Service: this API server reaches the webhook at an address of the host. */
export async function registerWebhook(controlPlane: ControlPlane, port: number): Promise<void> {
  await controlPlane.apply(
    ...[...documents('webhook/configurations.yaml'), ...documents('pod-webhook.yaml')].map((configuration) => ({
      ...configuration,
      // The oldest Kubernetes that is tried knows no matchConditions, and asks about each Pod.
      webhooks: configuration.webhooks?.map(({ matchConditions: _, ...hook }) => ({
        ...hook,
        clientConfig: { url: `https://${address}:${port}${hook.clientConfig.service.path}` },
      })),
    })),
  );
}

/** The namespace, the service account and the roles of the webhook. */
export async function admitWebhook(controlPlane: ControlPlane): Promise<void> {
  const name = 'berth-system';
  await controlPlane.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ipam-controller', namespace: name } },
    ...documents('rbac/webhook.yaml'),
  );
}

interface Document {
  readonly webhooks?: readonly {
    readonly clientConfig: { readonly service: { readonly path: string } };
    readonly matchConditions?: readonly object[];
  }[];
}

function documents(file: string): readonly Document[] {
  const text = readFileSync(join(root, 'deploy', file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Document);
}
