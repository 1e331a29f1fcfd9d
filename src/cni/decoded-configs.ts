import { decodeConfig } from './network-config.ts';

/** Network configurations that are remembered; a node has a handful. */
const limit = 64;
/** Longer ones, as those of GC with all valid attachments, do not come again. Bytes. */
const longest = 16_384;

/**
 * Configurations decoded before: a runtime sends the same bytes with every call of a network, and reading them took
 * 0.08 ms of an ADD in a profile. What is given back is shared: nobody changes it.
 */
export class DecodedConfigs {
  readonly #byText = new Map<string, Readonly<Record<string, unknown>>>();

  /** @throws IpamError, CNI code 6 */
  decode(stdin: Buffer): Readonly<Record<string, unknown>> {
    if (stdin.length > longest) return decodeConfig(stdin);
    const text = stdin.toString('latin1');
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const config = decodeConfig(stdin);
    const [oldest] = this.#byText.keys();
    if (this.#byText.size === limit && oldest !== undefined) this.#byText.delete(oldest);
    this.#byText.set(text, config);
    return config;
  }
}
