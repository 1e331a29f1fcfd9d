import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';
import { attacks, attackTable } from './attacks.ts';
import { clusterAttacks } from './cluster-attacks.ts';
import { http2, tcp, tls, untilEnd } from './raw-client.ts';
import { World } from './world.ts';

const page = fileURLToPath(new URL('../../docs/security.md', import.meta.url));
/** Resident, over what the daemon had before: far above what one attack may take, far below what they send together. */
const grownMiB = 150;

describe('attacks on a real daemon', async () => {
  const world = new World(await freePort());
  let before = 0;
  /** Slow clients: they begin now, and are looked after at the end. */
  let slow: readonly { readonly what: string; readonly end: Promise<unknown> }[] = [];

  beforeAll(async () => {
    await world.start();
    before = residentMiB();
    slow = await slowClients(world);
  });
  afterAll(() => world.remove());

  const residentMiB = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.daemon.pid}/status`, 'utf8'))?.[1]) / 1024;

  it.each(attacks)('$attack: $answer', async ({ run, answer, audit }) => {
    const { from, answer: seen, plain } = await run(world);
    expect(seen).toBe(answer);
    if (audit !== '') await world.waitForAudit(from, audit, plain ? world.plain : world.daemon);
    expect(await world.goodClient()).toBe(0);
  });

  it('did nothing that was asked for', async () => {
    const held = await world.daemon.cli('addresses', '-o', 'json');
    const containers = (JSON.parse(held.stdout) as { container_id: string }[]).map((one) => one.container_id);
    // What clients with every right did in between: none of what was refused.
    expect(containers.toSorted()).toEqual(['once', 'own', 'victim']);
    expect((await world.daemon.cli('check')).exit).toBe(0);
  });

  it('lets slow clients go: those that say nothing, and those that do not finish', async () => {
    for (const { what, end } of slow) {
      await expect(Promise.race([end, deadline(what)]), what).resolves.toBeDefined();
    }
    expect(await world.goodClient()).toBe(0);
  });

  it('writes few lines about a flood, and counts it all', async () => {
    const place = world.place();
    for (let round = 0; round < 25; round += 1) {
      const ends = Array.from({ length: 20 }, async () => {
        const socket = await tcp(place);
        socket.write('no TLS at all\r\n\r\n');
        await untilEnd(socket);
      });
      await Promise.all(ends);
    }
    const lines = world.audited(place.from).length;
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(100);
    const text = await (await fetch(`http://127.0.0.1:${world.port + 1}/metrics`)).text();
    const counted = Number(/ipam_calls_refused_total\{reason="bad-handshake"\} (\d+)/.exec(text)?.[1]);
    expect(counted).toBeGreaterThanOrEqual(500);
  });

  it('takes no more memory for it all', async () => {
    await waitFor('memory to come back', () => (residentMiB() < before + grownMiB ? true : undefined));
    expect(await world.daemon.stop()).toBe(0);
  });

  it('is the table in docs/security.md', () => {
    expect(readFileSync(page, 'utf8')).toContain(attackTable([...attacks, ...clusterAttacks]));
  });
});

function deadline(what: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`${what}: still connected`)), 60_000).unref();
  });
}

async function slowClients(world: World) {
  const silent = await tcp(world.place());
  const silentHttp = await tcp(world.httpPlace);
  const halfHello = await tcp(world.place());
  halfHello.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0]));
  const silentTls = await tls(world.place(), world.pki.card('viewer', 'slow'));
  const halfHeaders = await tcp(world.httpPlace);
  halfHeaders.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-');
  const halfBody = await tcp(world.httpPlace);
  halfBody.write('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
  const session = http2(await tls(world.place(), world.pki.card('viewer', 'slow')));
  const halfMessage = session.request({
    ':method': 'POST',
    ':path': '/ipam.IPAM/Lookup',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  halfMessage.on('error', () => {});
  halfMessage.resume();
  halfMessage.write(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
  return [
    { what: 'says nothing on the gRPC port', end: untilEnd(silent) },
    { what: 'says nothing on the HTTP port', end: untilEnd(silentHttp) },
    { what: 'begins TLS and stops', end: untilEnd(halfHello) },
    { what: 'says nothing in TLS', end: untilEnd(silentTls) },
    { what: 'sends half of its headers', end: untilEnd(halfHeaders) },
    { what: 'sends half of its body', end: untilEnd(halfBody) },
    {
      what: 'sends half of its message',
      end: new Promise((resolve) => halfMessage.once('close', () => resolve(true))).finally(() => session.destroy()),
    },
  ];
}
