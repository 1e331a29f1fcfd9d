import { isOvertaken } from '../../resources/errors.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import type { Log } from '../../telemetry/log.ts';

const collections = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] as const;
/** Who has this annotation gets its bundle from cert-manager. */
const injectorAnnotation = 'cert-manager.io/inject-ca-from';

interface Configuration {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

export interface CaBundleOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'replace'>;
  /** Of both configurations, the validating and the mutating. */
  readonly configurationName: string;
  readonly log: Log;
}

/** Tells API servers whom to trust: writes the authorities into our webhook configurations. */
export class CaBundle {
  readonly #options: CaBundleOptions;

  constructor(options: CaBundleOptions) {
    this.#options = options;
  }

  /**
   * Writes only what differs, so it may be repeated at any time: it also mends what an upgrade overwrote.
   * @param bundle PEM; empty: somebody else tells them
   * @throws IpamError store-unavailable, permission-denied
   */
  async publish(bundle: string): Promise<void> {
    if (bundle === '') return;
    const caBundle = Buffer.from(bundle).toString('base64');
    for (const collection of collections) await this.#write(collection, caBundle);
  }

  async #write(collection: string, caBundle: string): Promise<void> {
    const { client, configurationName: name, log } = this.#options;
    const path = `/apis/admissionregistration.k8s.io/v1/${collection}/${name}`;
    const present = await client.get<Configuration>(path);
    if (present === undefined) {
      return log.warn({ collection, name }, 'the webhook is not registered; install deploy/webhook');
    }
    if (present.metadata.annotations?.[injectorAnnotation] !== undefined) return;
    const { webhooks = [] } = present;
    if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) return;
    const next = webhooks.map((hook) => ({ ...hook, clientConfig: { ...hook.clientConfig, caBundle } }));
    try {
      await client.replace(path, { ...present, webhooks: next });
      log.info({ collection, name }, 'told the API servers the authority of the webhook');
    } catch (error) {
      // Another replica was faster, with the same bundle or one that it replaces in its next round, as we do.
      if (!isOvertaken(error)) throw error;
    }
  }
}
