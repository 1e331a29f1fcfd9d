import { crc32 } from 'node:zlib';

/** A stored value: CRC-32 of the text, then the text in JSON. LMDB itself does not notice a flipped bit. */
export function encodeRecord(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const record = Buffer.allocUnsafe(text.length + 4);
  record.writeUInt32LE(crc32(text), 0);
  text.copy(record, 4);
  return record;
}

/** @returns undefined when the record does not match its checksum */
export function decodeRecord<T>(record: Buffer): T | undefined {
  if (record.length < 4) return undefined;
  const text = record.subarray(4);
  if (crc32(text) !== record.readUInt32LE(0)) return undefined;
  return JSON.parse(text.toString()) as T;
}
