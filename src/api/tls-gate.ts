import { constants, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { identityOf } from '../tls/identity.ts';
import { certificatesOf } from '../tls/pem.ts';
import { plainSerial, type TlsFiles, type TlsMaterial } from '../tls/tls-files.ts';
import type { Caller } from './caller.ts';
import { addressOf, type Enter, type Gate } from './gate.ts';
import type { Refusals } from './refusals.ts';

/** A client that begins TLS and does not go on is let go. */
const handshakeMs = 10_000;
/** How often to see whether a certificate of an open connection has expired. */
const sweepMs = 1_000;

type Objection = readonly [reason: string, message: string];

interface Open {
  readonly stream: TLSSocket;
  readonly cert: X509Certificate;
  readonly caller: Caller;
}

/**
 * TCP with TLS 1.2 or newer: both sides show a certificate. New files are taken for new connections; an open one ends
 * when its certificate expires, is revoked, or its authority is trusted no more.
 */
export class TlsGate implements Gate {
  readonly #files: TlsFiles;
  readonly #refusals: Refusals;
  readonly #server: Server;
  readonly #open = new Set<Open>();
  readonly #timer: NodeJS.Timeout;
  readonly #unfollow: () => void;
  #authorities: readonly X509Certificate[];

  /** @param protocols that are spoken behind it, in the order of preference (ALPN) */
  constructor(files: TlsFiles, refusals: Refusals, protocols: readonly string[] = ['h2', 'http/1.1']) {
    this.#files = files;
    this.#refusals = refusals;
    this.#authorities = authoritiesOf(files.current);
    this.#server = createServer({
      ...contextOf(files.current),
      requestCert: true,
      // Judged below, to tell in the log why.
      rejectUnauthorized: false,
      ALPNProtocols: [...protocols],
      handshakeTimeout: handshakeMs,
    });
    this.#server.on('tlsClientError', (error, stream) => this.#failed(error, stream));
    this.#unfollow = files.onChange((material) => this.#take(material));
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  open(enter: Enter): (socket: Socket) => void {
    this.#server.on('secureConnection', (stream) => this.#judge(stream, enter));
    return (socket) => void this.#server.emit('connection', socket);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unfollow();
  }

  #judge(stream: TLSSocket, enter: Enter): void {
    stream.on('error', () => stream.destroy());
    const address = addressOf(stream);
    const cert = stream.getPeerX509Certificate();
    const identity = cert && identityOf(cert);
    const objection = this.#objectionToNew(stream, cert);
    if (objection !== undefined || cert === undefined || identity === undefined) {
      const [reason, message] = objection ?? unknownRole(cert);
      this.#refusals.connection(address, reason, message, identity?.name);
      stream.destroy();
      return;
    }
    const caller: Caller = { ...identity, via: 'tls', address };
    const open = { stream, cert, caller };
    this.#open.add(open);
    stream.once('close', () => this.#open.delete(open));
    enter(stream, caller);
  }

  #objectionToNew(stream: TLSSocket, cert: X509Certificate | undefined): Objection | undefined {
    if (cert === undefined) return ['no-certificate', 'the client showed no certificate'];
    if (stream.authorized) return this.#objection(cert);
    const code = String(stream.authorizationError);
    const [reason, why] = verifyReasons[code] ?? ['untrusted-certificate', code];
    return [reason, `the client's certificate ${shown(cert)} ${why}`];
  }

  /** Why a certificate that was in order is not, or not any more. */
  #objection(cert: X509Certificate): Objection | undefined {
    if (this.#files.current.revoked.has(plainSerial(cert.serialNumber))) {
      return ['revoked-certificate', `the certificate ${shown(cert)} is revoked`];
    }
    if (Date.now() >= cert.validToDate.getTime()) {
      return ['expired-certificate', `the certificate ${shown(cert)} has expired at ${cert.validTo}`];
    }
    if (!this.#isTrusted(cert)) return ['untrusted-certificate', `nobody vouches for the certificate ${shown(cert)}`];
    return undefined;
  }

  /** By an authority itself, or by one between that the client has shown. */
  #isTrusted(cert: X509Certificate, depth = 0): boolean {
    if (this.#authorities.some((ca) => cert.checkIssued(ca) && cert.verify(ca.publicKey))) return true;
    const { issuerCertificate } = cert;
    return issuerCertificate !== undefined && depth < 8 && this.#isTrusted(issuerCertificate, depth + 1);
  }

  #failed(error: NodeJS.ErrnoException & { readonly reason?: string }, stream: TLSSocket): void {
    // Somebody who goes away in the middle is refused nothing: load balancers look whether a port is open.
    if (error.code !== 'ECONNRESET') {
      const message = (error.reason ?? error.message).replaceAll(/\s+/g, ' ').slice(0, 200);
      this.#refusals.connection(addressOf(stream), 'bad-handshake', `no TLS connection came about: ${message}`);
    }
    stream.destroy();
  }

  #take(material: TlsMaterial): void {
    this.#authorities = authoritiesOf(material);
    this.#server.setSecureContext(contextOf(material));
    this.#sweep();
  }

  #sweep(): void {
    for (const { stream, cert, caller } of this.#open) {
      const objection = this.#objection(cert);
      if (objection === undefined) continue;
      const [reason, message] = objection;
      this.#refusals.connection(caller.address, reason, `${message}; ended its connection`, caller.name);
      stream.destroy();
    }
  }
}

/** What OpenSSL says of a client's certificate, for the metric and for people. */
const verifyReasons: Readonly<Record<string, readonly [reason: string, why: string]>> = {
  CERT_HAS_EXPIRED: ['expired-certificate', 'has expired'],
  CERT_NOT_YET_VALID: ['not-yet-valid-certificate', 'is not valid yet: compare the clocks'],
  UNABLE_TO_GET_ISSUER_CERT: ['untrusted-certificate', 'is of an authority that is not in tls.caFile'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['untrusted-certificate', 'is of an authority that is not in tls.caFile'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['untrusted-certificate', 'is of an authority that is not in tls.caFile'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['untrusted-certificate', 'is signed by itself'],
  SELF_SIGNED_CERT_IN_CHAIN: ['untrusted-certificate', 'is of an authority that is not in tls.caFile'],
  CERT_SIGNATURE_FAILURE: ['untrusted-certificate', 'has a wrong signature'],
  INVALID_PURPOSE: ['wrong-purpose', 'is not made for clients'],
};

function unknownRole(cert: X509Certificate | undefined): Objection {
  return ['unknown-role', `the certificate names no role: its subject is ${JSON.stringify(cert?.subject)}`];
}

function shown(cert: X509Certificate): string {
  return `${cert.subject.replaceAll('\n', ', ')} (serial ${cert.serialNumber})`;
}

function contextOf({ ca, cert, key }: TlsMaterial) {
  return {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.2',
    // No session is resumed: each connection is judged by the certificates of its day.
    secureOptions: constants.SSL_OP_NO_TICKET,
  } as const;
}

function authoritiesOf({ ca }: TlsMaterial): readonly X509Certificate[] {
  return certificatesOf(ca).map((text) => new X509Certificate(text));
}
