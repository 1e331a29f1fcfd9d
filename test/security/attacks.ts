import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import type { Pair } from '../../src/tls/issue.ts';
import { httpStatus } from '../kit/daemon-process.ts';
import { answerOf, call, callOnce, callRaw, framed, http2, type Place, tcp, tls, untilEnd } from './raw-client.ts';
import { headerFlood, rapidReset, recorded } from './wire.ts';
import type { World } from './world.ts';

/** What somebody tries, and what becomes of it. docs/security.md prints these three columns. */
export interface Attack {
  readonly attack: string;
  /** What the attacker gets to see. */
  readonly answer: string;
  /** `code` of the line of audit; empty: nothing is refused, so nothing is written. */
  readonly audit: string;
  /** @returns where it came from, and what it got to see */
  readonly run: (world: World) => Promise<{ readonly from: string; readonly answer: string; readonly plain?: boolean }>;
}

const ended = 'the connection ends';
const allocation = { node_id: 'node1', container_id: 'attack' };
const allocate = ['IPAM', 'AllocateIP', allocation] as const;
const apply = ['Resources', 'Apply', { json: '{}' }] as const;

/** A connection with this certificate, or none: does it get an answer? */
const withCard =
  (card: (world: World) => Pair | undefined): Attack['run'] =>
  async (world) => {
    const place = world.place();
    const session = http2(await tls(place, card(world)));
    const { status: answer } = await call(session, 'IPAM', 'ListPools', {});
    session.destroy();
    return { from: place.from, answer: answer === 'cut' ? ended : `status ${answer}` };
  };

/** A call with a certificate that is in order. */
const asRole =
  (card: (world: World) => Pair, request: Parameters<typeof callOnce>[2]): Attack['run'] =>
  async (world) => {
    const place = world.place();
    const { status: code } = await callOnce(place, card(world), request);
    return { from: place.from, answer: nameOf(code) };
  };

function nameOf(code: number | 'cut'): string {
  return code === 'cut' ? ended : (status[code] ?? String(code));
}

const bytes =
  (place: (world: World) => Place, text: Buffer, plain = false): Attack['run'] =>
  async (world) => {
    const at = place(world);
    const socket = await tcp(at);
    socket.write(text);
    const answer = (await untilEnd(socket)).toString('latin1');
    return { from: at.from, plain, answer: /^HTTP\/1\.1 4\d\d/.test(answer) ? 'HTTP 400' : ended };
  };

const viewer = (world: World): Pair => world.pki.card('viewer', 'bob');
const node2 = (world: World): Pair => world.pki.node('node2');
const garbage = Buffer.concat([Buffer.from([0]), randomBytes(4_000)]);
const denied = 'PERMISSION_DENIED';

export const attacks: readonly Attack[] = [
  { attack: 'TLS without a certificate', answer: ended, audit: 'no-certificate', run: withCard(() => undefined) },
  {
    attack: 'an expired certificate',
    answer: ended,
    audit: 'expired-certificate',
    run: withCard(({ pki }) => pki.card('admin', 'old', { agoMs: 7_200_000, lifetimeMs: 3_600_000 })),
  },
  {
    attack: 'a certificate that is not valid yet',
    answer: ended,
    audit: 'not-yet-valid-certificate',
    run: withCard(({ pki }) => pki.card('admin', 'early', { agoMs: -7_200_000 })),
  },
  {
    attack: 'a certificate of another authority of the same name',
    answer: ended,
    audit: 'untrusted-certificate',
    run: withCard(({ otherPki }) => otherPki.card('admin', 'alice')),
  },
  {
    attack: 'a certificate of the right authority without a role',
    answer: ended,
    audit: 'unknown-role',
    run: withCard(({ pki }) => pki.card('admin', 'alice', { organization: 'system:masters' })),
  },
  {
    attack: "a server's certificate, shown by a client",
    answer: ended,
    audit: 'wrong-purpose',
    run: withCard(({ pki }) => pki.card('admin', 'alice', { uses: ['server'] })),
  },
  {
    attack: 'a revoked certificate',
    answer: ended,
    audit: 'revoked-certificate',
    run: withCard(({ revoked }) => revoked),
  },
  {
    attack: 'a node allocates an address for another node',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(node2, allocate),
  },
  {
    attack: 'a node leases a block for another node',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(node2, ['IPAM', 'AllocateBlock', { node_id: 'node1' }]),
  },
  {
    attack: 'a node hides an allocation for another node in a batch',
    answer: 'an outcome of its own: permission-denied',
    audit: 'permission-denied',
    run: async (world) => {
      const place = world.place();
      const requests = [{ node_id: 'node2', container_id: 'own' }, allocation];
      const answered = await callOnce(place, node2(world), ['IPAM', 'AllocateIPs', { requests }]);
      const isRefused = answered.status === 0 && answered.message.includes('permission-denied');
      return { from: place.from, answer: isRefused ? 'an outcome of its own: permission-denied' : 'done' };
    },
  },
  {
    attack: 'a node releases an address of another node, by the address alone',
    answer: denied,
    audit: 'permission-denied',
    run: async (world) => {
      const victim = { node_id: 'node1', container_id: 'victim' };
      const alice = world.pki.card('operator', 'alice');
      const held = await callOnce(world.place(), alice, ['IPAM', 'AllocateIP', victim]);
      const { ip } = answerOf('IPAM', 'AllocateIP', held) as { ip: string };
      return asRole(node2, ['IPAM', 'ReleaseIP', { ip }])(world);
    },
  },
  {
    attack: 'a node asks for an attachment of another node under its own name',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(node2, ['IPAM', 'AllocateIP', { node_id: 'node2', container_id: 'victim' }]),
  },
  {
    attack: 'a node lists the allocations of another node',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(node2, ['IPAM', 'ListAllocations', { node_id: 'node1' }]),
  },
  {
    attack: 'a node forgets another node',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(node2, ['IPAM', 'ForgetNode', { node_id: 'node9' }]),
  },
  { attack: 'a node applies a pool', answer: denied, audit: 'permission-denied', run: asRole(node2, apply) },
  { attack: 'a viewer allocates', answer: denied, audit: 'permission-denied', run: asRole(viewer, allocate) },
  { attack: 'a viewer applies a pool', answer: denied, audit: 'permission-denied', run: asRole(viewer, apply) },
  {
    attack: 'an operator deletes a pool',
    answer: denied,
    audit: 'permission-denied',
    run: asRole(({ pki }) => pki.card('operator', 'carol'), ['Resources', 'Delete', { kind: 'pool', name: 'x' }]),
  },
  {
    attack: 'somebody unknown allocates, over TCP without certificates',
    answer: denied,
    audit: 'permission-denied',
    run: async (world) => {
      const place = world.plainPlace;
      const { status: code } = await callOnce(place, undefined, allocate);
      return { from: place.from, answer: nameOf(code), plain: true };
    },
  },
  {
    attack: 'a CNI call over TCP',
    answer: 'HTTP 404',
    audit: 'permission-denied',
    run: async (world) => {
      const place = world.httpPlace;
      const socket = await tcp(place);
      socket.write('POST /cni HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      const text = (await untilEnd(socket)).toString();
      return { from: place.from, answer: text.startsWith('HTTP/1.1 404') ? 'HTTP 404' : text.slice(0, 12) };
    },
  },
  {
    attack: 'what a client sent in TLS, sent again on a new connection',
    answer: ended,
    audit: 'bad-handshake',
    run: async (world) => {
      const sent: Buffer[] = [];
      const wire = recorded(await tcp(world.place()), sent);
      const stream = await tls(world.place(), world.pki.card('operator', 'alice'), { socket: wire });
      const request = { node_id: 'node7', container_id: 'once' };
      const { status: first } = await call(http2(stream), 'IPAM', 'AllocateIP', request);
      if (first !== 0) throw new Error(`the first time it got ${first}`);
      wire.destroy();
      const again = world.place();
      const replay = await tcp(again);
      replay.write(Buffer.concat(sent));
      await untilEnd(replay);
      return { from: again.from, answer: ended };
    },
  },
  {
    attack: 'a TLS session of before, offered again without a certificate',
    answer: ended,
    audit: 'no-certificate',
    run: async (world) => {
      const first = await tls(world.place(), world.pki.card('admin', 'alice'));
      let session: Buffer | undefined = first.getSession();
      first.on('session', (ticket: Buffer) => {
        session = ticket;
      });
      const { status: answered } = await call(http2(first), 'IPAM', 'GetVersion', {});
      if (answered !== 0) throw new Error(`the first connection got ${answered}`);
      const place = world.place();
      const stream = await tls(place, undefined, session === undefined ? {} : { session });
      if (stream.isSessionReused()) return { from: place.from, answer: 'the session goes on' };
      const { status: code } = await call(http2(stream), 'IPAM', 'GetVersion', {});
      return { from: place.from, answer: nameOf(code) };
    },
  },
  {
    attack: 'garbage on the gRPC port',
    answer: ended,
    audit: 'bad-handshake',
    run: bytes((world) => world.place(), garbage),
  },
  {
    attack: 'gRPC without TLS on the port that has it',
    answer: ended,
    audit: 'bad-handshake',
    run: bytes((world) => world.place(), Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')),
  },
  {
    attack: 'garbage on the HTTP port',
    answer: 'HTTP 400',
    audit: 'bad-http',
    run: bytes((world) => world.httpPlace, garbage),
  },
  {
    attack: 'garbage on the gRPC port without certificates',
    answer: 'HTTP 400',
    audit: 'bad-http',
    run: bytes((world) => world.plainPlace, garbage, true),
  },
  {
    attack: 'garbage on the Unix socket',
    answer: 'HTTP 400',
    audit: 'bad-http',
    run: async (world) => {
      const socket = connect(world.daemon.socket);
      socket.on('error', () => {});
      socket.write(garbage);
      const answer = (await untilEnd(socket)).toString('latin1');
      const isServed = (await httpStatus(world.daemon.socket, '/healthz')) === 200;
      return { from: 'unix', answer: answer.startsWith('HTTP/1.1 400') && isServed ? 'HTTP 400' : answer.slice(0, 30) };
    },
  },
  {
    attack: 'garbage inside HTTP/2',
    answer: ended,
    audit: 'bad-http2',
    run: async (world) => {
      const place = world.place();
      const stream = await tls(place, viewer(world));
      stream.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), randomBytes(10_000)]));
      await untilEnd(stream);
      return { from: place.from, answer: ended };
    },
  },
  {
    attack: 'a method that there is not',
    answer: 'UNIMPLEMENTED',
    audit: 'unknown-method',
    run: async (world) => {
      const place = world.place();
      const session = http2(await tls(place, viewer(world)));
      const { status: code } = await callRaw(session, '/ipam.IPAM/DropEverything', framed(Buffer.alloc(0)));
      session.destroy();
      return { from: place.from, answer: nameOf(code) };
    },
  },
  {
    attack: 'a message that cannot be decoded',
    answer: 'INTERNAL',
    audit: 'bad-message',
    run: async (world) => {
      const place = world.place();
      const session = http2(await tls(place, viewer(world)));
      const { status: code } = await callRaw(session, '/ipam.IPAM/Lookup', framed(Buffer.from([0xff, 0xff, 0xff])));
      session.destroy();
      return { from: place.from, answer: nameOf(code) };
    },
  },
  {
    attack: 'a message larger than limits.messageBytes',
    answer: 'RESOURCE_EXHAUSTED',
    audit: 'too-large',
    run: async (world) => {
      const place = world.place();
      const session = http2(await tls(place, viewer(world)));
      const { status: code } = await callRaw(session, '/ipam.IPAM/Lookup', framed(Buffer.alloc(1_048_577)));
      session.destroy();
      return { from: place.from, answer: nameOf(code) };
    },
  },
  {
    attack: 'more calls than limits.callsPerSecond',
    answer: 'RESOURCE_EXHAUSTED, and when to try again',
    audit: 'rate-limited',
    run: async (world) => {
      const place = world.place();
      const session = http2(await tls(place, viewer(world)));
      const answers = [];
      for (let round = 0; round < 40; round += 1) {
        answers.push(...(await Promise.all(Array.from({ length: 50 }, () => call(session, 'IPAM', 'GetVersion', {})))));
      }
      session.destroy();
      const refused = answers.filter(({ code }) => code === 'rate-limited');
      const isTold =
        refused.length > 0 &&
        refused.every(({ status: code, retryMs }) => code === status.RESOURCE_EXHAUSTED && (retryMs ?? 0) > 0);
      return { from: place.from, answer: isTold ? 'RESOURCE_EXHAUSTED, and when to try again' : 'all answered' };
    },
  },
  {
    attack: 'more connections than limits.connections',
    answer: ended,
    audit: 'too-many-connections',
    run: async (world) => {
      const place = world.place();
      const sockets = await Promise.all(Array.from({ length: 60 }, () => tcp(place)));
      await world.waitForAudit(place.from, 'too-many-connections');
      for (const socket of sockets) socket.destroy();
      return { from: place.from, answer: ended };
    },
  },
  {
    attack: 'streams opened and reset at once, by the ten thousands (rapid reset)',
    answer: ended,
    audit: 'bad-http2',
    run: async (world) => {
      const place = world.place();
      const stream = await tls(place, viewer(world));
      stream.write(rapidReset(20_000));
      await untilEnd(stream);
      return { from: place.from, answer: ended };
    },
  },
  {
    attack: 'one call with a megabyte of headers',
    answer: ended,
    audit: 'bad-http2',
    run: async (world) => {
      const place = world.place();
      const stream = await tls(place, viewer(world));
      stream.write(headerFlood(1_000_000));
      await untilEnd(stream);
      return { from: place.from, answer: ended };
    },
  },
  {
    attack: 'more bytes than a client may send (calls of a node, over and over, each too long to be anything)',
    answer: ended,
    audit: 'too-much',
    run: async (world) => {
      const place = world.place();
      const stream = await tls(place, world.pki.node('glutton'));
      const session = http2(stream);
      const long = framed(Buffer.alloc(900_000));
      while (!stream.destroyed) await callRaw(session, '/ipam.IPAM/AllocateIP', long);
      return { from: place.from, answer: ended };
    },
  },
];

/** The table as docs/security.md has it. */
export function attackTable(
  all: readonly { readonly attack: string; readonly answer: string; readonly audit: string }[],
): string {
  const rows = all.map(
    ({ attack, answer, audit }) => `| ${attack} | ${answer} | ${audit === '' ? '' : `\`${audit}\``} |`,
  );
  return ['| attack | what it gets | audit |', '|---|---|---|', ...rows].join('\n');
}
