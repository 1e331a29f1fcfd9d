import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IpamError } from '../../../resources/errors.ts';
import { isUsable } from '../../../tls/pem.ts';
import type { TlsMaterial, TlsSource } from './tls-source.ts';

/**
 * Certificates that somebody else makes and replaces: `tls.crt`, `tls.key` and, when it is there, `ca.crt` of one folder, as
 * cert-manager's Secrets are mounted. Without `ca.crt` somebody else tells the API servers whom to trust.
 */
export class FileTls implements TlsSource {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws IpamError invalid-config: a file is missing, or key and certificate do not belong together (yet) */
  async read(): Promise<TlsMaterial> {
    const [cert, key, caBundle] = await Promise.all([
      this.#text('tls.crt'),
      this.#text('tls.key'),
      this.#text('ca.crt').catch(() => ''),
    ]);
    if (isUsable({ cert, key })) return { cert, key, caBundle };
    throw new IpamError('invalid-config', `tls.crt and tls.key in ${this.#directory} do not belong together`, {
      advice: 'mount the whole Secret as a folder, so that its files are replaced at once',
    });
  }

  async #text(name: string): Promise<string> {
    try {
      return await readFile(join(this.#directory, name), 'utf8');
    } catch (error) {
      throw new IpamError('invalid-config', `cannot read a certificate: ${(error as Error).message}`, {
        advice: 'mount a Secret with tls.crt and tls.key there, or leave the folder out',
        cause: error,
      });
    }
  }
}
