import { Client, credentials } from '@grpc/grpc-js';
import { IpamError } from '../../resources/errors.ts';
import { ClientTls, type TlsFileNames } from './client-tls.ts';

/** One member's client side. */
export interface Endpoint {
  /** As it was given. */
  readonly name: string;
  readonly target: string;
  readonly isTls: boolean;
}

const forms = 'host:port, http://host:port, https://host:port or unix:/path';

/**
 * @param usesTls whether `host:port` without a scheme means TLS
 * @throws IpamError invalid-config
 */
export function parseEndpoint(text: string, usesTls: boolean): Endpoint {
  const name = text.trim();
  const unix = /^(?:unix:(?:\/\/(?=\/))?)?(\/.+)$/.exec(name);
  if (unix !== null) return { name, target: `unix:${unix[1]}`, isTls: false };
  const match = /^(?:(https?):\/\/)?([^/:]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})\/?$/.exec(name);
  if (match === null)
    throw new IpamError('invalid-config', `etcd: "${text}" is no endpoint`, { advice: `write ${forms}` });
  const [, scheme, host, port] = match;
  if (scheme === 'http' && usesTls)
    throw new IpamError('invalid-config', `etcd: ${name} is in the clear, and TLS files are given`, {
      advice: 'write https://, or leave the files out',
    });
  return { name, target: `${host}:${port}`, isTls: scheme === 'https' || usesTls };
}

/** A dead peer on a silent connection is found out in 15 s; etcd takes offence at pings more often than each 5 s. */
const keepaliveMs = { time: 10_000, timeout: 5_000 };
const reconnectMs = { first: 50, longest: 1_000 };

/** A connection for each member; new ones when the TLS files have changed, while the calls on the old ones end by themselves. */
export class Endpoints {
  readonly all: readonly Endpoint[];
  readonly #tls: ClientTls;
  readonly #clients = new Map<string, Client>();
  #current: number;

  /** @throws IpamError invalid-config */
  constructor(endpoints: readonly string[], tls: TlsFileNames) {
    if (endpoints.length === 0) throw new IpamError('invalid-config', 'etcd: no endpoint is given');
    this.#tls = new ClientTls(tls);
    this.all = endpoints.map((text) => parseEndpoint(text, this.#tls.isUsed));
    // Of a thousand daemons not all begin with the first.
    this.#current = Math.floor(Math.random() * this.all.length);
  }

  get current(): Endpoint {
    return this.all[this.#current] as Endpoint;
  }

  /** @throws IpamError invalid-argument */
  named(name: string): Endpoint {
    const found = this.all.find((endpoint) => endpoint.name === name);
    if (found === undefined) throw new IpamError('invalid-argument', `etcd: ${name} is none of the endpoints`);
    return found;
  }

  /** The next call goes elsewhere. */
  failed(endpoint: Endpoint): void {
    this.#tls.lookSoon();
    if (endpoint === this.current) this.#current = (this.#current + 1) % this.all.length;
  }

  client(endpoint: Endpoint): Client {
    if (this.#tls.hasChanged()) this.close();
    const present = this.#clients.get(endpoint.name);
    if (present !== undefined) return present;
    const security = endpoint.isTls
      ? this.#tls.channel(endpoint.target)
      : { credentials: credentials.createInsecure(), options: {} };
    const client = new Client(endpoint.target, security.credentials, {
      ...security.options,
      'grpc.keepalive_time_ms': keepaliveMs.time,
      'grpc.keepalive_timeout_ms': keepaliveMs.timeout,
      'grpc.initial_reconnect_backoff_ms': reconnectMs.first,
      'grpc.max_reconnect_backoff_ms': reconnectMs.longest,
      // A page of large objects, or of a group of writes; etcd itself bounds what can be in it.
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
    });
    this.#clients.set(endpoint.name, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
