import { crc32 } from 'node:zlib';

/** A record as the first format had it: its checksum says nothing of its key. */
export function firstFormatRecord(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(text));
  return Buffer.concat([sum, text]);
}
