import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
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
  id_kp_clientAuth,
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
import { IpamError } from '../resources/errors.ts';
import { derOf, pemOf } from './pem.ts';

/** A certificate with its private key, both PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Subject {
  /** Common name (CN). */
  readonly name: string;
  /** Organization (O), where roles stand. */
  readonly organization?: string;
}

interface Lifetime {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lifetimeMs: number;
}

export interface AuthorityOptions extends Lifetime {
  readonly name: string;
}

export interface IssueOptions extends Lifetime {
  readonly authority: Pair;
  readonly subject: Subject;
  /** DNS names and addresses; none for those that only call. */
  readonly hosts: readonly string[];
  readonly uses: readonly ('server' | 'client')[];
  /** PEM, public or private; the certificate is of its public half. */
  readonly key: string;
}

const commonName = '2.5.4.3';
const organizationName = '2.5.4.10';
/** Clocks of those who verify may be behind ours. */
export const earlierMs = 5 * 60_000;

/** A new private key: EC P-256, PKCS 8, PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** An authority that signs for itself, and signs no other authorities. */
export function newAuthority({ name, now, lifetimeMs }: AuthorityOptions): Pair {
  const key = newKey();
  const subject = nameOf({ name });
  const publicKey = publicKeyOf(key);
  const cert = signed({
    issuer: subject,
    subject,
    period: periodOf(now, lifetimeMs),
    subjectKey: publicKey,
    issuerKey: key,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
    ],
  });
  return { cert, key };
}

/** @returns a certificate, PEM, that is valid no longer than its authority @throws IpamError invalid-argument */
export function issue({ subject, hosts, uses, ...rest }: IssueOptions): string {
  return leaf({
    ...rest,
    subject: nameOf(subject),
    extensions: [
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage(uses.map((use) => keyPurposes[use]))),
      ...(hosts.length === 0
        ? []
        : [extension(id_ce_subjectAltName, new SubjectAlternativeName(hosts.map(generalName)))]),
    ],
  });
}

/** The same subject, names and uses again, for another time. @throws IpamError invalid-argument */
export function reissue(cert: string, options: Omit<IssueOptions, 'subject' | 'hosts' | 'uses'>): string {
  const { tbsCertificate } = parsed(cert);
  const kept = (tbsCertificate.extensions ?? []).filter(({ extnID }) =>
    [id_ce_extKeyUsage, id_ce_subjectAltName].includes(extnID),
  );
  return leaf({ ...options, subject: tbsCertificate.subject, extensions: kept });
}

const keyPurposes = { server: id_kp_serverAuth, client: id_kp_clientAuth } as const;

interface Leaf extends Lifetime {
  readonly authority: Pair;
  readonly subject: Name;
  readonly key: string;
  readonly extensions: readonly Extension[];
}

function leaf({ authority, subject, key, now, lifetimeMs, extensions }: Leaf): string {
  const issuer = parsed(authority.cert).tbsCertificate;
  const lasts = Math.min(now + lifetimeMs, issuer.validity.notAfter.getTime().getTime());
  if (lasts <= now) {
    throw new IpamError('invalid-argument', 'the certificate of the authority has expired', {
      advice: 'make a new authority: ipam-cli certs init --force',
    });
  }
  const publicKey = publicKeyOf(key);
  const issuerId = issuer.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  return signed({
    issuer: issuer.subject,
    subject,
    period: periodOf(now, lasts - now),
    subjectKey: publicKey,
    issuerKey: authority.key,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints(), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
      ...(issuerId === undefined ? [] : [authorityKeyId(issuerId)]),
    ],
  });
}

function authorityKeyId({ extnValue }: Extension): Extension {
  const { buffer } = AsnConvert.parse(extnValue.buffer, SubjectKeyIdentifier);
  return extension(
    id_ce_authorityKeyIdentifier,
    new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(buffer) }),
  );
}

interface Unsigned {
  readonly issuer: Name;
  readonly subject: Name;
  readonly period: Validity;
  readonly subjectKey: Buffer;
  readonly issuerKey: string;
  readonly extensions: readonly Extension[];
}

/** @returns the certificate as PEM (RFC 5280, 4.1) */
function signed({ issuer, subject, period, subjectKey, issuerKey, extensions }: Unsigned): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: signatureAlgorithm(issuerKey) });
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
  return pemOf('CERTIFICATE', der);
}

/** With SHA-256, by the kind of the authority's key. @throws IpamError invalid-argument */
export function signatureAlgorithm(key: string): string {
  const { asymmetricKeyType } = createPrivateKey(key);
  if (asymmetricKeyType === 'ec') return '1.2.840.10045.4.3.2';
  if (asymmetricKeyType === 'rsa') return '1.2.840.113549.1.1.11';
  throw new IpamError('invalid-argument', `the authority's key is ${asymmetricKeyType}; only EC and RSA can sign here`);
}

function parsed(cert: string): Certificate {
  const der = derOf('CERTIFICATE', cert);
  if (der === undefined) throw new IpamError('invalid-argument', 'not a certificate in PEM');
  return AsnConvert.parse(der, Certificate);
}

function periodOf(now: number, lifetimeMs: number): Validity {
  return new Validity({ notBefore: new Date(now - earlierMs), notAfter: new Date(now + lifetimeMs) });
}

export function publicKeyOf(key: string): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

export function nameOf({ name, organization }: Subject): Name {
  const part = (type: string, text: string): RelativeDistinguishedName =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) }),
    ]);
  return new Name([
    ...(organization === undefined ? [] : [part(organizationName, organization)]),
    part(commonName, name),
  ]);
}

function generalName(host: string): GeneralName {
  return new GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host });
}

/** RFC 5280, 4.2.1.2 leaves the way open; any digest of the key will do. */
function keyId(publicKey: Buffer): ArrayBuffer {
  return bytes(createHash('sha256').update(publicKey).digest().subarray(0, 20));
}

export function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
