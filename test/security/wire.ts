import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A connection whose outgoing bytes are kept. */
export function recorded(socket: Socket, sent: Buffer[]): Duplex {
  const wire = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk);
      socket.write(chunk, done);
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => {
    if (!wire.push(chunk)) socket.pause();
  });
  socket.on('close', () => wire.push(null));
  return wire;
}

/** Frames of HTTP/2 (RFC 9113, 4): settings, then each stream's headers and its reset. */
export function rapidReset(count: number): Buffer {
  // :method POST, :scheme http, :path /, of the static table (RFC 7541, A): 0x83, 0x86, 0x84.
  const headers = Buffer.from([0x83, 0x86, 0x84]);
  const parts = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), http2Frame(4, 0, 0, Buffer.alloc(0))];
  for (let index = 0; index < count; index += 1) {
    const id = 2 * index + 1;
    parts.push(http2Frame(1, 4, id, headers), http2Frame(3, 0, id, Buffer.from([0, 0, 0, 8])));
  }
  return Buffer.concat(parts);
}

/** One request whose headers go on and on: a header of a hundred bytes in each place. No client library sends it. */
export function headerFlood(bytes: number): Buffer {
  // A literal without indexing (RFC 7541, 6.2.2): length and text of its name, then of its value.
  const header = Buffer.concat([Buffer.from([0, 1, 0x78, 100]), Buffer.alloc(100, 'y')]);
  const parts = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), http2Frame(4, 0, 0, Buffer.alloc(0))];
  parts.push(http2Frame(1, 0, 1, Buffer.from([0x83, 0x86, 0x84])));
  const block = Buffer.concat(Array.from({ length: 100 }, () => header));
  for (let sent = 0; sent < bytes; sent += block.length) parts.push(http2Frame(9, 0, 1, block));
  return Buffer.concat(parts);
}

function http2Frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
