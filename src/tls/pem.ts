import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Can it be served: is it PEM, and is the key that of the certificate? */
export function isUsable({ cert, key }: { readonly cert: string; readonly key: string }): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** @returns the certificates of a bundle, each PEM */
export function certificatesOf(bundle: string): readonly string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}

/** Is it one certificate of an authority or more, and can all of them be read? */
export function isBundle(text: string): boolean {
  const certificates = certificatesOf(text);
  try {
    return certificates.length > 0 && certificates.every((cert) => new X509Certificate(cert).ca);
  } catch {
    return false;
  }
}

/** @param label `CERTIFICATE`, `CERTIFICATE REQUEST` */
export function pemOf(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** @returns undefined: there is no block of that label */
export function derOf(label: string, pem: string): Buffer | undefined {
  const base64 = new RegExp(`-----BEGIN ${label}-----([^-]+)-----END ${label}-----`).exec(pem)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
