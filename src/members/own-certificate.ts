import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { IpamError } from '../resources/errors.ts';
import { identityOf, memberName } from '../tls/identity.ts';
import type { PeerTls } from './etcd-arguments.ts';

/**
 * What other members look for in the certificate of this one. Without it they would end every connection with no more than
 * a line in the log of their etcd.
 * @param host where others reach this member
 * @throws IpamError invalid-config
 */
export function requireOwnCertificate(tls: PeerTls | undefined, node: string, host: string): void {
  if (tls === undefined) return;
  const cert = new X509Certificate(readFileSync(tls.certFile));
  const what = missing(cert, host);
  if (what === '') return;
  const address = isIP(host) === 0 ? '--dns' : '--ip';
  throw new IpamError('invalid-config', `tls.certFile: ${tls.certFile} ${what}: other members would refuse this one`, {
    advice: `ipam-cli certs issue member ${node} ${address} ${host}`,
    facts: { key: 'tls.certFile', file: tls.certFile },
  });
}

function missing(cert: X509Certificate, host: string): string {
  const role = identityOf(cert)?.role;
  if (role !== 'member') return `is of ${role === undefined ? 'no role' : `the role "${role}"`}, not of "member"`;
  if (cert.checkHost(memberName) === undefined) return `is not for ${memberName}`;
  const isForHost = isIP(host) === 0 ? cert.checkHost(host) : cert.checkIP(host);
  return isForHost === undefined ? `is not for ${host}, where others reach this member` : '';
}
