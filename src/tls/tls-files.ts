import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { certificatesOf, isBundle, isUsable } from './pem.ts';

/** Where a program's certificate and those it trusts are kept. */
export interface TlsPaths {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Serial numbers, hexadecimal, one a line, of certificates that are trusted no more. */
  readonly revokedFile?: string;
}

/** What the files said when they were last whole. */
export interface TlsMaterial {
  /** PEM, each. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Serial numbers as `X509Certificate.serialNumber` writes them: upper-case hexadecimal. */
  readonly revoked: ReadonlySet<string>;
  /** Of the certificate, milliseconds since 1970. */
  readonly expires: number;
}

/** How often to see whether a file was replaced. Looking costs microseconds, and misses no rename, link or mount. */
const lookMs = 1_000;
const soonMs = 7 * 86_400_000;

/** The files `ca.crt`, `tls.crt` and `tls.key` of a folder, as `ipam-cli certs issue` writes them. */
export function filesIn(directory: string): TlsPaths {
  return {
    caFile: join(directory, 'ca.crt'),
    certFile: join(directory, 'tls.crt'),
    keyFile: join(directory, 'tls.key'),
  };
}

/** Is any of them there? One alone is a mistake to be told, not a reason to go without. */
export function anyPresent({ caFile, certFile, keyFile }: TlsPaths): boolean {
  return [caFile, certFile, keyFile].some((file) => existsSync(file));
}

/**
 * The certificate of this program and the authorities it trusts, read again when a file changes. What is half-written or
 * does not fit together is logged and not taken: the former stays in service.
 */
export class TlsFiles {
  readonly paths: TlsPaths;
  readonly #log: Log;
  readonly #listeners = new Set<(material: TlsMaterial) => void>();
  readonly #timer: NodeJS.Timeout;
  #material: TlsMaterial;
  #seen: string;
  #warnedOf = 0;
  /** What was last said of files that cannot be used. */
  #complaint = '';

  /** @throws IpamError invalid-config naming the file and what is wrong with it */
  constructor(paths: TlsPaths, log: Log, everyMs = lookMs) {
    this.paths = paths;
    this.#log = log;
    this.#seen = fingerprint(paths);
    this.#material = readMaterial(paths);
    this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  get current(): TlsMaterial {
    return this.#material;
  }

  /** @returns what ends the calls */
  onChange(listener: (material: TlsMaterial) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes files that have changed; it does so by itself as well. */
  look(): void {
    this.#warnOfExpiry();
    try {
      const now = fingerprint(this.paths);
      if (now === this.#seen) return;
      this.#material = readMaterial(this.paths);
      this.#seen = now;
      this.#complaint = '';
    } catch (error) {
      // Looked at again each second: what stands in the way need not be the files (no descriptor left, a slow mount).
      this.#complain(error as Error);
      return;
    }
    const { expires, revoked } = this.#material;
    this.#log.info({ expires: new Date(expires).toISOString(), revoked: revoked.size }, 'took new certificate files');
    for (const listener of this.#listeners) listener(this.#material);
  }

  #complain(error: Error): void {
    if (error.message === this.#complaint) return;
    this.#complaint = error.message;
    const { certFile } = this.paths;
    this.#log.warn({ err: error, certFile }, 'the certificate files changed and cannot be used; keeping the former');
  }

  /** Once a day in the last week. */
  #warnOfExpiry(): void {
    const { expires } = this.#material;
    const now = Date.now();
    if (expires - now > soonMs || now - this.#warnedOf < soonMs / 7) return;
    this.#warnedOf = now;
    this.#log.warn(
      { certFile: this.paths.certFile, expires: new Date(expires).toISOString() },
      expires < now ? 'the certificate has expired' : 'the certificate expires soon: ipam-cli certs renew',
    );
  }
}

/** Changes whenever a file is written, replaced, linked to another, or removed. */
function fingerprint({ caFile, certFile, keyFile, revokedFile }: TlsPaths): string {
  return [caFile, certFile, keyFile, revokedFile ?? '']
    .map((file) => {
      const found = file === '' ? undefined : statSync(file, { throwIfNoEntry: false, bigint: true });
      return found === undefined ? '-' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
    })
    .join(' ');
}

/** @throws IpamError invalid-config */
function readMaterial({ caFile, certFile, keyFile, revokedFile }: TlsPaths): TlsMaterial {
  const [ca, cert, key] = [text(caFile, 'caFile'), text(certFile, 'certFile'), text(keyFile, 'keyFile')];
  if (!isBundle(ca)) throw broken('caFile', caFile, 'is no certificate of an authority in PEM');
  if (certificatesOf(cert).length === 0) throw broken('certFile', certFile, 'is no certificate in PEM');
  if (!isUsable({ cert, key })) throw broken('keyFile', keyFile, `is not the key of ${certFile}`);
  try {
    createSecureContext({ ca, cert, key });
  } catch (error) {
    throw broken('certFile', certFile, `cannot be used: ${(error as Error).message}`);
  }
  const revoked = revokedFile === undefined ? new Set<string>() : serialNumbers(revokedFile);
  return { ca, cert, key, revoked, expires: new X509Certificate(cert).validToDate.getTime() };
}

function text(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw broken(name, file, `cannot be read: ${(error as Error).message}`);
  }
}

function broken(name: string, file: string, what: string): IpamError {
  return new IpamError('invalid-config', `tls.${name}: ${file} ${what}`, {
    advice: 'make the three files with ipam-cli certs init and ipam-cli certs issue',
    facts: { key: `tls.${name}`, file },
  });
}

/** As openssl and ipam-cli print them: colons, case and leading zeros do not matter; `#` begins a comment. */
function serialNumbers(file: string): ReadonlySet<string> {
  const serials = new Set<string>();
  for (const [index, line] of text(file, 'revokedFile').split('\n').entries()) {
    const serial = line.replace(/#.*/, '').replaceAll(/[\s:]/g, '').toUpperCase();
    if (serial === '') continue;
    if (!/^[0-9A-F]+$/.test(serial)) throw broken('revokedFile', file, `line ${index + 1}: no hexadecimal number`);
    serials.add(plainSerial(serial));
  }
  return serials;
}

/** The one way to write a serial number among many. */
export function plainSerial(serial: string): string {
  return serial.toUpperCase().replace(/^0+(?=.)/, '');
}
