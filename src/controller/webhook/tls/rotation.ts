import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { certificatesOf } from '../../../tls/pem.ts';
import { madeAt, type ServingPair } from './certificate.ts';

/** Serving pairs as replicas share them. */
export interface KeptPairs {
  /** In service. */
  readonly current: { readonly cert: string; readonly key: string };
  /** To be in service once every API server trusts its authority. */
  readonly next?: { readonly cert: string; readonly key: string };
  /** CaRotation to trust, newest first; PEM, one after the other. */
  readonly caBundle: string;
}

export interface RotationRules {
  readonly hosts: readonly string[];
  /** How long API servers have to learn of a new authority before it vouches for what is served, milliseconds. */
  readonly settleMs: number;
}

/** Certificates are replaced after this part of their time. */
const replaceAfter = 2 / 3;

/**
 * What should be kept instead of what is kept. A new authority is trusted first and in service later, and an old one is
 * trusted until it expires: at no moment does an API server meet a certificate that it cannot verify.
 * @returns `kept` itself when all is well
 */
export function rotate(
  kept: KeptPairs | undefined,
  now: number,
  { hosts, settleMs }: RotationRules,
  issue: () => ServingPair,
): KeptPairs {
  if (kept === undefined || isExpired(kept.current.cert, now) || !isFor(kept.current.cert, hosts)) {
    const { ca, cert, key } = issue();
    return { current: { cert, key }, caBundle: ca + valid(kept?.caBundle ?? '', now) };
  }
  if (kept.next === undefined) {
    if (now < replaceTime(kept.current.cert)) return kept;
    const { ca, cert, key } = issue();
    return { ...kept, next: { cert, key }, caBundle: ca + valid(kept.caBundle, now) };
  }
  if (now < madeAt(kept.next.cert) + settleMs) return kept;
  return { current: kept.next, caBundle: valid(kept.caBundle, now) };
}

function valid(bundle: string, now: number): string {
  return certificatesOf(bundle)
    .filter((cert) => !isExpired(cert, now))
    .join('');
}

function isExpired(cert: string, now: number): boolean {
  return now >= new X509Certificate(cert).validToDate.getTime();
}

function isFor(cert: string, hosts: readonly string[]): boolean {
  const read = new X509Certificate(cert);
  return hosts.every((host) => (isIP(host) === 0 ? read.checkHost(host) : read.checkIP(host)) !== undefined);
}

function replaceTime(cert: string): number {
  const made = madeAt(cert);
  return made + (new X509Certificate(cert).validToDate.getTime() - made) * replaceAfter;
}
