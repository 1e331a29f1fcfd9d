import { X509Certificate } from 'node:crypto';
import { isIpamError } from '../../resources/errors.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { readSecret, type Secret, textIn, writeSecret } from '../../store/kubernetes/secret.ts';
import type { Log } from '../../telemetry/log.ts';
import { newAuthority, type Pair } from '../../tls/issue.ts';
import { isUsable } from '../../tls/pem.ts';

export interface SecretAuthorityOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  readonly secretName: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const yearMs = 365 * 86_400_000;
const lifetimeMs = 10 * yearMs;
/** What it signs must be valid for a while. */
const leastLeftMs = yearMs / 2;

/**
 * The authority of the daemons' certificates, in one Secret with the names of files that `ipam-cli certs init` writes: whoever
 * may read it issues certificates for people with `ipam-cli certs issue`. Who needs it first makes it.
 */
export class SecretAuthority {
  readonly #options: SecretAuthorityOptions;

  constructor(options: SecretAuthorityOptions) {
    this.#options = options;
  }

  /** @throws IpamError store-unavailable, permission-denied; conflict: another replica wrote it just now */
  async read(): Promise<Pair> {
    const { client, namespace, secretName: name, now, log } = this.#options;
    const present = await readSecret(client, { namespace, name });
    const kept = present && this.#pairOf(present);
    if (kept !== undefined) return kept;
    const made = newAuthority({ name: 'berth-daemons', now: now(), lifetimeMs });
    try {
      await writeSecret(client, { namespace, name }, present, { 'ca.crt': made.cert, 'ca.key': made.key });
    } catch (error) {
      if (isIpamError(error, 'already-exists') || isIpamError(error, 'conflict')) return this.read();
      throw error;
    }
    log.info({ namespace, name }, 'made the authority of the daemons’ certificates, and wrote it to its Secret');
    return made;
  }

  /** What cannot be used, or not for long, is made anew. */
  #pairOf(secret: Secret): Pair | undefined {
    const pair = { cert: textIn(secret, 'ca.crt'), key: textIn(secret, 'ca.key') };
    const { now, secretName: name, log } = this.#options;
    if (isUsable(pair) && new X509Certificate(pair.cert).validToDate.getTime() > now() + leastLeftMs) return pair;
    log.warn({ name }, 'the Secret has no authority that can be used for long; making a new one');
    return undefined;
  }
}
