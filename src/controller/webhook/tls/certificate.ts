import { randomBytes, X509Certificate } from 'node:crypto';
import { earlierMs, issue, newAuthority, newKey } from '../../../tls/issue.ts';

/** A certificate with its key and the authority that signed it, all PEM. */
export interface ServingPair {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface ServingPairOptions {
  /** DNS names and addresses that the server is reached by. */
  readonly hosts: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lifetimeMs: number;
}

/**
 * A serving certificate of an authority made for it alone. The authority's key is thrown away once it has signed: it can
 * be neither stolen nor used again, and with the next pair comes the next authority.
 */
export function newServingPair({ hosts, now, lifetimeMs }: ServingPairOptions): ServingPair {
  // Names that differ from one authority to the next: who verifies looks an issuer up by its name.
  const name = `berth-webhook-ca-${randomBytes(8).toString('hex')}`;
  const authority = newAuthority({ name, now, lifetimeMs });
  const key = newKey();
  const cert = issue({ authority, subject: { name: 'berth-webhook' }, hosts, uses: ['server'], key, now, lifetimeMs });
  return { cert, key, ca: authority.cert };
}

/** When a certificate of ours was made, milliseconds since 1970. */
export function madeAt(cert: string): number {
  return new X509Certificate(cert).validFromDate.getTime() + earlierMs;
}
