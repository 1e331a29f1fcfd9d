import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity as checkIdentity, createSecureContext, type PeerCertificate } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { IpamError } from '../../resources/errors.ts';
import { hostOf } from '../../tls/channel.ts';

/** PEM files; somebody else may replace them at any time. Without any, the connection is in the clear. */
export interface TlsFileNames {
  readonly caFile?: string;
  /** A client certificate and its key go together. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** How soon new files are seen, milliseconds. */
const lookAgainMs = 5_000;

/** What to connect with, from files that are read again when they may have changed. */
export class ClientTls {
  readonly #names: TlsFileNames;
  #text: string;
  #lookAt: number;

  /** @throws IpamError invalid-config: a file is missing, or certificate and key do not belong together */
  constructor(names: TlsFileNames) {
    this.#names = names;
    this.#text = JSON.stringify(this.#usable());
    this.#lookAt = Date.now() + lookAgainMs;
  }

  /** Have the files changed since the last time this was asked? Files of which half is replaced count as the old ones. */
  hasChanged(): boolean {
    if (!this.isUsed || Date.now() < this.#lookAt) return false;
    this.#lookAt = Date.now() + lookAgainMs;
    let text: string;
    try {
      text = JSON.stringify(this.#usable());
    } catch (error) {
      if (error instanceof IpamError) return false;
      throw error;
    }
    if (text === this.#text) return false;
    this.#text = text;
    return true;
  }

  /** After a failure that fresh files may end. */
  lookSoon(): void {
    this.#lookAt = 0;
  }

  get isUsed(): boolean {
    return Object.keys(this.#names).length > 0;
  }

  /** For a channel to `host:port`. */
  channel(target: string): { readonly credentials: ChannelCredentials; readonly options: ChannelOptions } {
    const { ca, cert, key } = JSON.parse(this.#text) as Texts;
    const buffer = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
    const host = hostOf(target);
    const checkServerIdentity = (_asked: string, shown: PeerCertificate) => checkIdentity(host, shown);
    return {
      credentials: credentials.createSsl(buffer(ca), buffer(key), buffer(cert), { checkServerIdentity }),
      // TLS asks for servers by DNS names only (RFC 6066, 3); the certificate is checked for the address all the same.
      options: isIP(host) === 0 ? {} : { 'grpc.ssl_target_name_override': 'etcd' },
    };
  }

  #usable(): Texts {
    const { caFile, certFile, keyFile } = this.#names;
    if ((certFile === undefined) !== (keyFile === undefined))
      throw new IpamError('invalid-config', 'etcd: certFile and keyFile go together');
    const texts = {
      ...(caFile === undefined ? {} : { ca: read(caFile) }),
      ...(certFile === undefined ? {} : { cert: read(certFile) }),
      ...(keyFile === undefined ? {} : { key: read(keyFile) }),
    };
    try {
      createSecureContext(texts);
    } catch (error) {
      const names = Object.values(this.#names).join(', ');
      throw new IpamError('invalid-config', `etcd: cannot use ${names}: ${(error as Error).message}`, { cause: error });
    }
    return texts;
  }
}

interface Texts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-config', `etcd: cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}
