import { IpamError } from '../../resources/errors.ts';
import type { ResourceKey } from '../store.ts';

export interface KeyRange {
  readonly key: Buffer;
  /** Exclusive. */
  readonly range_end: Buffer;
}

/** Keys of a store: `<prefix>/<kind>/<namespace or nothing>/<name>`. Everything of ours is under the prefix, for etcd's roles. */
export class Keys {
  readonly #prefix: string;

  /** @param prefix `/berth/v1`. @throws IpamError invalid-config */
  constructor(prefix: string) {
    if (!/^(\/[A-Za-z0-9._-]+)+$/.test(prefix))
      throw new IpamError('invalid-config', `etcd: "${prefix}" is no prefix`, { advice: 'write it like /berth/v1' });
    this.#prefix = prefix;
  }

  object({ kind, namespace = '', name }: ResourceKey): Buffer {
    return Buffer.from(`${this.#kind(kind)}${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`);
  }

  /** All objects of a kind. `0` is the character after the slash. */
  kind(kind: string): KeyRange {
    const start = this.#kind(kind);
    return { key: Buffer.from(start), range_end: Buffer.from(`${start.slice(0, -1)}0`) };
  }

  /** What a key under the prefix names. */
  static named(key: Buffer): ResourceKey {
    const [kind = '', namespace = '', name = ''] = key.toString().split('/').slice(-3).map(decoded);
    return { kind, name, ...(namespace === '' ? {} : { namespace }) };
  }

  /** Where a client notes which of its transactions was the last. No kind begins with a dot. */
  writeSession(id: string): Buffer {
    return Buffer.from(`${this.#prefix}/.lanes/${id}`);
  }

  /** Says that a node's daemon is there. */
  presence(node: string): Buffer {
    return Buffer.from(`${this.#prefix}/.present/${encodeURIComponent(node)}`);
  }

  /** Says that it may speak for all. */
  speaker(node: string): Buffer {
    return Buffer.from(`${this.#prefix}/.speakers/${encodeURIComponent(node)}`);
  }

  /** All who may, in the order of their keys. */
  speakers(): KeyRange {
    return { key: Buffer.from(`${this.#prefix}/.speakers/`), range_end: Buffer.from(`${this.#prefix}/.speakers0`) };
  }

  /** All whose daemons are there. */
  presences(): KeyRange {
    return { key: Buffer.from(`${this.#prefix}/.present/`), range_end: Buffer.from(`${this.#prefix}/.present0`) };
  }

  #kind(kind: string): string {
    return `${this.#prefix}/${encodeURIComponent(kind)}/`;
  }
}

/** A key that another program made need not be encoded as ours are. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return part;
  }
}
