import type { Socket } from 'node:net';
import type { CniHandler } from '../cni/handler.ts';
import { cniContentType, decodeCall, encodeAnswer } from '../cni/wire.ts';
import { IpamError } from '../resources/errors.ts';

/** What the compiled executable writes before a call (shim/berth-cni.c), to the letter. */
const head = new RegExp(
  `^POST /cni HTTP/1\\.1\\r\\nHost: ipam\\r\\nConnection: close\\r\\nContent-Type: ${cniContentType}\\r\\nContent-Length: (\\d{1,5})\\r\\n\\r\\n`,
);
/** No head of that form is longer, bytes. */
const headLimit = 160;
const beginning = Buffer.from('POST /cni HTTP/1.1\r\nHost: ipam\r\n');

/**
 * The body of a call, found in what a connection sent first: the call of the compiled executable, which asks in one
 * form only and is most of what a daemon is asked. Anything else is for an HTTP server, which answers it as well.
 * @returns `incomplete`: it may become such a call; `other`: it is none
 */
export function cniBody(received: Buffer): Buffer | 'incomplete' | 'other' {
  const common = Math.min(received.length, beginning.length);
  if (received.compare(beginning, 0, common, 0, common) !== 0) return 'other';
  const text = received.toString('latin1', 0, headLimit);
  const [whole, digits] = head.exec(text) ?? [];
  if (whole === undefined) return received.length < headLimit && !text.includes('\r\n\r\n') ? 'incomplete' : 'other';
  const body = received.subarray(whole.length);
  if (body.length === Number(digits)) return body;
  return body.length < Number(digits) ? 'incomplete' : 'other';
}

/** Answers a call and ends its connection, without an HTTP server in between: decision 25 says what that saves. */
export async function answerCni(socket: Socket, body: Buffer, handle: CniHandler): Promise<void> {
  const answer = await answerTo(body, handle);
  // The executable reads to the end, and everything it sent was read. A tick later: a stream that is destroyed while it
  // tells of its write makes an error of that.
  socket.write(answer, () => process.nextTick(() => socket.destroy()));
}

async function answerTo(body: Buffer, handle: CniHandler): Promise<Buffer> {
  try {
    const { headers, body: text } = encodeAnswer(await handle(decodeCall(body)));
    return httpAnswer('200 OK', headers, Buffer.from(text));
  } catch (error) {
    const status = error instanceof IpamError ? '400 Bad Request' : '500 Internal Server Error';
    return httpAnswer(status, {}, Buffer.from(JSON.stringify({ error: (error as Error).message })));
  }
}

function httpAnswer(status: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${headerValue(value)}\r\n`);
  const text = `HTTP/1.1 ${status}\r\n${lines.join('')}content-type: application/octet-stream\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(text, 'latin1'), body]);
}

/** @throws RangeError */
function headerValue(value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new RangeError(`no header can say ${JSON.stringify(value)}`);
}
