import { isIpamError, isOvertaken } from '../../resources/errors.ts';
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
  /** Of both configurations, the validating and the mutating; that of Pods, which need not be there, has `-pods` behind. */
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
    const { configurationName: name, log } = this.#options;
    for (const collection of collections) {
      if (await this.#write(collection, name, caBundle)) continue;
      log.warn({ collection, name }, 'the webhook is not registered; install deploy/webhook');
    }
    await this.#writeForPods(`${name}-pods`, caBundle);
  }

  /** Whoever has roles of before it was there has not installed it either. */
  async #writeForPods(name: string, caBundle: string): Promise<void> {
    try {
      await this.#write(collections[0], name, caBundle);
    } catch (error) {
      if (!isIpamError(error, 'permission-denied')) throw error;
      this.#options.log.debug({ err: error, name }, 'the role does not allow the webhook for Pods; apply deploy/rbac');
    }
  }

  /** @returns false: there is no such configuration */
  async #write(collection: string, name: string, caBundle: string): Promise<boolean> {
    const { client, log } = this.#options;
    const path = `/apis/admissionregistration.k8s.io/v1/${collection}/${name}`;
    const present = await client.get<Configuration>(path);
    if (present === undefined) return false;
    if (present.metadata.annotations?.[injectorAnnotation] !== undefined) return true;
    const { webhooks = [] } = present;
    if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) return true;
    const next = webhooks.map((hook) => ({ ...hook, clientConfig: { ...hook.clientConfig, caBundle } }));
    try {
      await client.replace(path, { ...present, webhooks: next });
      log.info({ collection, name }, 'told the API servers the authority of the webhook');
    } catch (error) {
      // Another replica was faster, with the same bundle or one that it replaces in its next round, as we do.
      if (!isOvertaken(error)) throw error;
    }
    return true;
  }
}
