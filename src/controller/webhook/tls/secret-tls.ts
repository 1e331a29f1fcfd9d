import { isIpamError } from '../../../resources/errors.ts';
import type { KubernetesClient } from '../../../store/kubernetes/client.ts';
import { readSecret, type Secret, textIn, writeSecret } from '../../../store/kubernetes/secret.ts';
import type { Log } from '../../../telemetry/log.ts';
import { isBundle, isUsable } from '../../../tls/pem.ts';
import { newServingPair } from './certificate.ts';
import { type KeptPairs, rotate } from './rotation.ts';
import type { TlsMaterial, TlsSource } from './tls-source.ts';

export interface SecretTlsOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  readonly secretName: string;
  /** DNS names and addresses that API servers reach the webhook by. */
  readonly hosts: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** Of each certificate; 90 days. */
  readonly lifetimeMs?: number;
  /** How long a new authority is trusted before it is in service; ten minutes. */
  readonly settleMs?: number;
}

const dayMs = 86_400_000;
/** Other replicas that made a certificate between our look and our write. */
const attempts = 5;

/** Certificates that the replicas make for themselves and keep in one Secret. */
export class SecretTls implements TlsSource {
  readonly #options: Required<SecretTlsOptions>;

  constructor(options: SecretTlsOptions) {
    this.#options = { lifetimeMs: 90 * dayMs, settleMs: 600_000, ...options };
  }

  /** @throws IpamError store-unavailable, permission-denied; conflict when other replicas were faster each time */
  async read(): Promise<TlsMaterial> {
    const { namespace, secretName: name, log } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { current, caBundle } = await this.#keep();
        return { ...current, caBundle };
      } catch (error) {
        const overtaken = ['conflict', 'already-exists', 'not-found'] as const;
        if (!overtaken.some((code) => isIpamError(error, code)) || attempt === attempts) throw error;
        log.debug({ namespace, name }, 'another replica wrote the certificates; reading them again');
      }
    }
  }

  async #keep(): Promise<KeptPairs> {
    const { client, namespace, secretName: name, hosts, now, lifetimeMs, settleMs, log } = this.#options;
    const present = await readSecret(client, { namespace, name });
    const kept = present === undefined ? undefined : this.#pairsOf(present);
    const wanted = rotate(kept, now(), { hosts, settleMs }, () => newServingPair({ hosts, now: now(), lifetimeMs }));
    if (wanted === kept) return kept;
    await writeSecret(client, { namespace, name }, present, textsOf(wanted));
    const what =
      wanted.next === undefined ? 'a certificate of the webhook is in service' : 'a new authority is to be trusted';
    log.info({ namespace, name }, `${what}; wrote it to its Secret`);
    return wanted;
  }

  /** What cannot be used is made anew: somebody may have emptied the Secret to that end. */
  #pairsOf(secret: Secret): KeptPairs | undefined {
    const text = (key: string): string => textIn(secret, key);
    const current = { cert: text('tls.crt'), key: text('tls.key') };
    const next = { cert: text('next.crt'), key: text('next.key') };
    const caBundle = text('ca.crt');
    if (isUsable(current) && isBundle(caBundle)) return { current, caBundle, ...(isUsable(next) ? { next } : {}) };
    this.#options.log.warn(
      { name: this.#options.secretName },
      'the Secret has no certificates to use; making new ones',
    );
    return undefined;
  }
}

function textsOf({ current, next, caBundle }: KeptPairs): Readonly<Record<string, string>> {
  return {
    'tls.crt': current.cert,
    'tls.key': current.key,
    'ca.crt': caBundle,
    ...(next === undefined ? {} : { 'next.crt': next.cert, 'next.key': next.key }),
  };
}
