import { readFileSync } from 'node:fs';
import { IpamError } from '../../resources/errors.ts';
import type { Credentials } from './credentials.ts';
import { type ExecCommand, execCredential } from './exec-credential.ts';

/** A text that is given, or in a file that somebody else may replace at any time. */
export type TextSource = { readonly text: string } | { readonly file: string };

/** Where the API server is and how to show who we are: what a kubeconfig or a service account says. */
export interface AccessOptions {
  /** `https://host:port`, maybe with a path. */
  readonly server: string;
  /** The namespace that the configuration names for us. */
  readonly namespace?: string;
  readonly ca?: TextSource;
  readonly cert?: TextSource;
  readonly key?: TextSource;
  readonly token?: TextSource;
  readonly exec?: ExecCommand;
  /** Name in the server's certificate, when it is not that of the URL. */
  readonly serverName?: string;
  readonly insecure?: boolean;
}

/** Tokens of service accounts are replaced on disk about every hour, long before they expire. */
const freshMs = 10_000;

/** Credentials as they are now: files are read again every ten seconds, and at once after a refusal. */
export class Access {
  readonly options: AccessOptions;
  #credentials: Credentials = {};
  #readAgainAt = 0;
  #reading: Promise<Credentials> | undefined;

  constructor(options: AccessOptions) {
    this.options = options;
  }

  /**
   * The same object as long as nothing changed.
   * @throws IpamError permission-denied: a file cannot be read, or the credential plugin failed
   */
  async current(): Promise<Credentials> {
    if (Date.now() < this.#readAgainAt) return this.#credentials;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** The server refused what current() gave. */
  renew(): void {
    this.#readAgainAt = 0;
  }

  async #read(): Promise<Credentials> {
    const { exec } = this.options;
    const given = exec === undefined ? undefined : await execCredential(exec);
    const next = { ...this.#files(), ...given?.credentials };
    if (JSON.stringify(next) !== JSON.stringify(this.#credentials)) this.#credentials = next;
    this.#readAgainAt = given?.until ?? Date.now() + freshMs;
    return this.#credentials;
  }

  #files(): Credentials {
    const texts = (['ca', 'cert', 'key', 'token'] as const).flatMap((name) => {
      const source = this.options[name];
      return source === undefined ? [] : [[name, textOf(name, source)] as const];
    });
    return Object.fromEntries(texts);
  }
}

function textOf(name: string, source: TextSource): string {
  if ('text' in source) return source.text;
  try {
    const text = readFileSync(source.file, 'utf8').trim();
    if (text !== '') return text;
  } catch (error) {
    throw new IpamError('permission-denied', `cannot read the ${name} for the API server: ${(error as Error).message}`);
  }
  throw new IpamError('permission-denied', `cannot use the ${name} for the API server: ${source.file} is empty`);
}
