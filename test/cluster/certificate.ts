import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { must } from '../kit/run.ts';
import { binaries } from './binaries.ts';

/** A server's certificate that is its own authority. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM; in base64 it is the caBundle of a webhook. */
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for these addresses and DNS names in a folder, or takes the one that is there. */
export async function certificate(directory: string, name: string, hosts: readonly string[]): Promise<Certificate> {
  const certFile = join(directory, `${name}.crt`);
  const keyFile = join(directory, `${name}.key`);
  if (!existsSync(certFile)) {
    const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`);
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names.join(',')}`];
    await must(binaries().path('openssl'), ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
  }
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
