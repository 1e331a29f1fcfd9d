import { decodeRecord, isWhole, isWholeInFirstFormat } from './record.ts';
import { brokenSeal, emptySeal, type Seal, sealKey, withRecord } from './seal.ts';

/** Of records as they come: which of the two formats they have, and whether they are all that were written. */
export class Account {
  #found = emptySeal;
  #sealed: Seal | undefined;
  /** The first that is not whole, by the rules of either format. */
  #broken: string | undefined;
  #brokenInFirstFormat: string | undefined;

  add(key: string, record: Buffer): void {
    if (!isWhole(key, record)) {
      this.#broken ??= key;
      if (!isWholeInFirstFormat(record)) this.#brokenInFirstFormat ??= key;
    } else if (key === sealKey) {
      this.#sealed = decodeRecord<Seal>(key, record);
      return;
    } else this.#brokenInFirstFormat ??= key;
    if (record.length >= 4) this.#found = withRecord(this.#found, record);
  }

  /** @returns what is wrong with all that came, for people */
  problem(): string | undefined {
    // Without a seal it is of the first format, in which no checksum says anything of a key.
    const broken = this.#sealed === undefined ? this.#brokenInFirstFormat : this.#broken;
    if (broken !== undefined) return `record ${JSON.stringify(broken)} does not match its checksum`;
    return this.#sealed === undefined ? undefined : brokenSeal(this.#sealed, this.#found);
  }
}
