import { crc32 } from 'node:zlib';
import { formatJson, readJson } from '../../resources/json-text.ts';

/** A stored value: CRC-32 of the text, then the text in JSON. LMDB itself does not notice a flipped bit. */
export function encodeRecord(value: unknown): Buffer {
  const text = Buffer.from(formatJson(value));
  const record = Buffer.allocUnsafe(text.length + 4);
  record.writeUInt32LE(crc32(text), 0);
  text.copy(record, 4);
  return record;
}

/** Does the record match its checksum? */
export function isWhole(record: Buffer): boolean {
  return record.length >= 4 && crc32(record.subarray(4)) === record.readUInt32LE(0);
}

/** @returns undefined when the record does not match its checksum */
export function decodeRecord<T>(record: Buffer): T | undefined {
  return isWhole(record) ? (readJson(record.toString('utf8', 4)) as T) : undefined;
}
