import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { IpamError, isIpamError } from '../resources/errors.ts';
import type { Stored } from '../resources/resource.ts';
import { collectionPath, objectPath } from '../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../store/kubernetes/client.ts';
import {
  conditionOf,
  daemonSigner,
  type SigningRequest,
  type SigningRequestSpec,
  signingRequestType,
} from '../store/kubernetes/signing-request.ts';
import type { Log } from '../telemetry/log.ts';
import { newRequest } from '../tls/certificate-request.ts';
import { identityOf, organizationOf } from '../tls/identity.ts';
import { issue, newAuthority, newKey } from '../tls/issue.ts';
import { certificatesOf, isBundle, isUsable } from '../tls/pem.ts';
import type { TlsPaths } from '../tls/tls-files.ts';

const hourMs = 3_600_000;
/** A request that nobody answers in this time is left alone: no controller leads, or it is of an earlier version. */
const answerMs = 60_000;
const lookMs = 500;
/** After a request that came to nothing. */
const firstRetryMs = 10_000;
const longestRetryMs = hourMs;
/** A certificate is replaced after this part of its time. */
const replaceAfter = 2 / 3;
const usages = ['digital signature', 'client auth', 'server auth'];

/**
 * Until the cluster has given a certificate there is one of an authority that nobody trusts, and that trusts nobody: the port is
 * served, and whoever calls is refused.
 */
export function preparePlaceholder(node: string, paths: TlsPaths, now: number): void {
  const present = presentPair(paths, node, now);
  if (present !== undefined) return;
  const lifetimeMs = 10 * 365 * 24 * hourMs;
  const authority = newAuthority({ name: `berth-placeholder-${randomBytes(8).toString('hex')}`, now, lifetimeMs });
  const key = newKey();
  const subject = { name: node, organization: organizationOf('node') };
  const cert = issue({ authority, subject, hosts: [node], uses: ['server', 'client'], key, now, lifetimeMs });
  write(paths, { key, cert, ca: authority.cert });
}

export interface NodeCertificateParts {
  readonly client: Pick<KubernetesClient, 'get' | 'create'>;
  readonly node: string;
  readonly paths: TlsPaths;
  readonly clock: Clock;
  readonly log: Log;
}

/** The certificate of this node, asked of the cluster's controller by a CertificateSigningRequest, and in good time again. */
export class NodeCertificate {
  readonly #parts: NodeCertificateParts;

  constructor(parts: NodeCertificateParts) {
    this.#parts = parts;
  }

  /** A start asks anew: whoever has replaced the authority restarts the daemons. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let wait = firstRetryMs;
    while (!signal.aborted) {
      try {
        const due = await this.#renew(signal);
        wait = firstRetryMs;
        await untilDue(due, clock, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!isIpamError(error)) throw error;
        log.warn({ err: error, wait }, 'this node has no new certificate for other daemons; asking again');
        await clock.pause(wait, signal);
        wait = Math.min(wait * 2, longestRetryMs);
      }
    }
  }

  /** @returns when to ask again, milliseconds since 1970 @throws IpamError */
  async #renew(signal: AbortSignal): Promise<number> {
    const { node, paths, log } = this.#parts;
    const key = newKey();
    const bundle = await this.#signed(key, signal);
    const [cert = '', ...authorities] = certificatesOf(bundle);
    const ca = authorities.join('');
    const shown = isUsable({ cert, key }) && isBundle(ca) ? new X509Certificate(cert) : undefined;
    if (shown === undefined || identityOf(shown)?.name !== node) {
      throw new IpamError('permission-denied', `signer ${daemonSigner} gave no certificate of node "${node}"`);
    }
    write(paths, { key, cert, ca });
    const [from, to] = [shown.validFromDate.getTime(), shown.validToDate.getTime()];
    log.info({ certFile: paths.certFile, expires: shown.validToDate.toISOString() }, 'this node has a new certificate');
    return from + (to - from) * replaceAfter;
  }

  async #signed(key: string, signal: AbortSignal): Promise<string> {
    const { client, node, clock } = this.#parts;
    const request = newRequest(key, { name: node, organization: organizationOf('node') });
    const spec: SigningRequestSpec = {
      request: Buffer.from(request).toString('base64'),
      signerName: daemonSigner,
      usages,
    };
    const { apiVersion, kind } = signingRequestType;
    const name = `ipam-daemon.${node}.${randomBytes(6).toString('hex')}`.slice(-253);
    const made = await client.create<Stored<SigningRequest>>(
      collectionPath(signingRequestType),
      { apiVersion, kind, metadata: { name }, spec },
      signal,
    );
    const path = objectPath(signingRequestType, { name: made.metadata.name });
    const deadline = clock.elapsed() + answerMs;
    while (!signal.aborted && clock.elapsed() < deadline) {
      await clock.pause(lookMs, signal);
      const present = await client.get<Stored<SigningRequest>>(path, signal);
      const refused = present && (conditionOf(present, 'Denied') ?? conditionOf(present, 'Failed'));
      if (refused !== undefined) throw new IpamError('permission-denied', `${name}: ${refused.message ?? 'denied'}`);
      const certificate = present?.status?.certificate ?? '';
      if (certificate !== '') return Buffer.from(certificate, 'base64').toString();
    }
    throw new IpamError('store-unavailable', `${name} was not signed within ${answerMs / 1000} s`, {
      advice: 'ipam-controller signs it: is one leading, and of this version?',
    });
  }
}

/** @returns undefined: there is none of this node that can be used for a while */
function presentPair({ caFile, certFile, keyFile }: TlsPaths, node: string, now: number): X509Certificate | undefined {
  try {
    const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file, 'utf8')) as [
      string,
      string,
      string,
    ];
    if (!isUsable({ cert, key }) || !isBundle(ca)) return undefined;
    const shown = new X509Certificate(cert);
    return identityOf(shown)?.name === node && shown.validToDate.getTime() > now ? shown : undefined;
  } catch {
    // Not there, or half of it: made anew.
    return undefined;
  }
}

/** The key first, each file whole at any moment: whoever looks meanwhile finds a pair that does not fit, and keeps the former. */
function write({ keyFile, certFile, caFile }: TlsPaths, pair: { key: string; cert: string; ca: string }): void {
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  put(keyFile, pair.key);
  put(certFile, pair.cert);
  put(caFile, pair.ca);
}

function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** A timer of Node.js ends after 24 days at the latest. */
async function untilDue(due: number, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && clock.now() < due) await clock.pause(Math.min(due - clock.now(), hourMs), signal);
}
