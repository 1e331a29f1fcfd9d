import { createPublicKey, sign, verify } from 'node:crypto';
import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { bytes, nameOf, publicKeyOf, type Subject, signatureAlgorithm } from './issue.ts';
import { derOf, pemOf } from './pem.ts';

const label = 'CERTIFICATE REQUEST';

/** What a request asks for. Who asks is for others to tell: a request is signed with no more than its own key. */
export interface CertificateRequest {
  /** PEM. */
  readonly publicKey: string;
}

/** A request for a certificate (RFC 2986), PEM. @param key private, PEM */
export function newRequest(key: string, subject: Subject): string {
  const info = new CertificationRequestInfo({
    version: 0,
    subject: nameOf(subject),
    subjectPKInfo: AsnConvert.parse(publicKeyOf(key), SubjectPublicKeyInfo),
    attributes: new Attributes(),
  });
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: signatureAlgorithm(key) }),
    signature: bytes(sign('sha256', Buffer.from(AsnConvert.serialize(info)), key)),
  });
  return pemOf(label, AsnConvert.serialize(request));
}

/** @returns undefined: it is none, or whoever made it has not the key (RFC 2986, 3: proof of possession) */
export function readRequest(pem: string): CertificateRequest | undefined {
  const der = derOf(label, pem);
  if (der === undefined) return undefined;
  try {
    const { certificationRequestInfo: info, signature } = AsnConvert.parse(der, CertificationRequest);
    const spki = Buffer.from(AsnConvert.serialize(info.subjectPKInfo));
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    if (!verify('sha256', Buffer.from(AsnConvert.serialize(info)), key, Buffer.from(signature))) return undefined;
    return { publicKey: key.export({ type: 'spki', format: 'pem' }).toString() };
  } catch {
    // ASN.1 of anybody's making: whatever is wrong with it, it is no request.
    return undefined;
  }
}
