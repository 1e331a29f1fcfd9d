import { crc32 } from 'node:zlib';
import { formatJson, readJson } from '../../resources/json-text.ts';

/**
 * A stored value: CRC-32 of key and text, then the text in JSON. LMDB itself does not notice a flipped bit, and one in
 * a key makes a record as unfindable as one that was deleted.
 */
export function encodeRecord(key: string, value: unknown): Buffer {
  const text = formatJson(value);
  const record = Buffer.allocUnsafe(Buffer.byteLength(text) + 4);
  record.writeUInt32LE(crc32(text, crc32(key)), 0);
  record.write(text, 4);
  return record;
}

/** Does the record belong under this key, and match its checksum? */
export function isWhole(key: string, record: Buffer): boolean {
  return record.length >= 4 && crc32(record.subarray(4), crc32(key)) === record.readUInt32LE(0);
}

/** @returns undefined when the record does not match its checksum */
export function decodeRecord<T>(key: string, record: Buffer): T | undefined {
  return isWhole(key, record) ? recordValue<T>(record) : undefined;
}

/** Of a record of the first format, whose checksum is of the text alone. */
export function isWholeInFirstFormat(record: Buffer): boolean {
  return record.length >= 4 && crc32(record.subarray(4)) === record.readUInt32LE(0);
}

/** The value of a record that was found whole. */
export function recordValue<T>(record: Buffer): T {
  return readJson(record.toString('utf8', 4)) as T;
}
