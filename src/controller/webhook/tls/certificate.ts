import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

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

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';
/** Clocks of API servers may be behind ours. */
const earlierMs = 5 * 60_000;

/**
 * A serving certificate of an authority made for it alone. The authority's key is thrown away once it has signed: it can
 * be neither stolen nor used again, and with the next pair comes the next authority.
 */
export function newServingPair({ hosts, now, lifetimeMs }: ServingPairOptions): ServingPair {
  const period = new Validity({ notBefore: new Date(now - earlierMs), notAfter: new Date(now + lifetimeMs) });
  const [authority, server] = [newKeys(), newKeys()];
  // Names that differ from one authority to the next: who verifies looks an issuer up by its name.
  const issuer = nameOf(`berth-webhook-ca-${randomBytes(8).toString('hex')}`);
  const issuerId = keyId(authority.publicKey);
  const ca = issue({
    issuer,
    subject: issuer,
    period,
    subjectKey: authority.publicKey,
    issuerKey: authority.privateKey,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(issuerId)),
    ],
  });
  const cert = issue({
    issuer,
    subject: nameOf('berth-webhook'),
    period,
    subjectKey: server.publicKey,
    issuerKey: authority.privateKey,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints(), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(hosts.map(generalName))),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(server.publicKey))),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(issuerId) }),
      ),
    ],
  });
  return { cert, ca, key: server.privateKey };
}

/** When a certificate of ours was made, milliseconds since 1970. */
export function madeAt(cert: string): number {
  return new X509Certificate(cert).validFromDate.getTime() + earlierMs;
}

interface Keys {
  readonly publicKey: Buffer;
  /** PEM */
  readonly privateKey: string;
}

interface Issue {
  readonly issuer: Name;
  readonly subject: Name;
  readonly period: Validity;
  readonly subjectKey: Buffer;
  readonly issuerKey: string;
  readonly extensions: readonly Extension[];
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** @returns the certificate as PEM (RFC 5280, 4.1) */
function issue({ issuer, subject, period, subjectKey, issuerKey, extensions }: Issue): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const serialNumber = randomBytes(16);
  // Positive, and not begun with a zero byte: DER has one way to write a number.
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: bytes(serialNumber),
    signature: algorithm,
    issuer,
    validity: period,
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(subjectKey, SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  });
  const signatureValue = bytes(sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuerKey));
  const der = AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm: algorithm, signatureValue }));
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}

function generalName(host: string): GeneralName {
  return new GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host });
}

/** RFC 5280, 4.2.1.2 leaves the way open; any digest of the key will do. */
function keyId(publicKey: Buffer): ArrayBuffer {
  return bytes(createHash('sha256').update(publicKey).digest().subarray(0, 20));
}

function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
