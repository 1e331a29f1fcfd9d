import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pair } from '../../src/tls/issue.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { type Finished, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from './pki.ts';
import { call, http2, tls, untilEnd } from './raw-client.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-certs-'));
const pki = join(directory, 'pki');
const certs = (...args: string[]): Promise<Finished> =>
  run(join(bin, 'ipam-cli'), ['certs', args[0] ?? '', '--dir', pki, ...args.slice(1)]);
afterAll(() => rmSync(directory, { recursive: true }));

describe('ipam-cli certs', () => {
  const mode = (file: string): number => statSync(join(pki, file)).mode & 0o777;

  it('makes an authority, and does not replace it by accident', async () => {
    expect(await certs('issue', 'node', 'node1')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('ipam-cli certs init makes an authority'),
    });
    expect(await certs('init')).toMatchObject({ exit: 0 });
    expect(mode('ca.key')).toBe(0o600);
    const key = readFileSync(join(pki, 'ca.key'), 'utf8');
    expect(await certs('init')).toMatchObject({ exit: 2, stderr: expect.stringContaining('is there already') });
    expect(readFileSync(join(pki, 'ca.key'), 'utf8')).toBe(key);
    expect(await certs('init', '--force')).toMatchObject({ exit: 0 });
    expect(readFileSync(join(pki, 'ca.key'), 'utf8')).not.toBe(key);
  });

  it('makes certificates that openssl verifies, with the names and uses of their role', async () => {
    const made = await certs('issue', 'member', 'ipam-1', '--ip', '192.0.2.11,2001:db8::11', '--dns', 'ipam.example');
    expect(made).toMatchObject({ exit: 0 });
    expect(mode('ipam-1/tls.key')).toBe(0o600);
    const [ca, cert] = [join(pki, 'ca.crt'), join(pki, 'ipam-1/tls.crt')];
    for (const purpose of ['sslserver', 'sslclient']) {
      expect(await run('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', ca, cert])).toMatchObject({
        exit: 0,
      });
    }
    const { stdout } = await run('openssl', ['x509', '-in', cert, '-noout', '-text', '-nameopt', 'RFC2253']);
    expect(stdout).toContain('CN=ipam-1,O=berth:member');
    for (const name of ['DNS:ipam-1', 'DNS:member.berth.internal', 'DNS:ipam.example', 'IP Address:192.0.2.11']) {
      expect(stdout).toContain(name);
    }
    expect(await certs('issue', 'viewer', 'bob')).toMatchObject({ exit: 0 });
    const bob = join(pki, 'bob/tls.crt');
    expect(await run('openssl', ['verify', '-purpose', 'sslserver', '-CAfile', ca, bob])).not.toMatchObject({
      exit: 0,
    });
  });

  it('renews with the same key or a new one, for the same name and addresses', async () => {
    await certs('issue', 'node', 'node1', '--days', '1');
    const folder = join(pki, 'node1');
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const before = { key: read('tls.key'), cert: read('tls.crt') };
    const { stdout } = await certs('renew', folder, '--days', '30', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'node1', role: 'node', days: 29 }]);
    expect(read('tls.key')).toBe(before.key);
    expect(read('tls.crt')).not.toBe(before.cert);
    await certs('renew', folder, '--new-key');
    expect(read('tls.key')).not.toBe(before.key);
    expect(statSync(join(folder, 'tls.key')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['an unknown role', ['issue', 'root', 'x'], 'is no role'],
    ['a name that is a path', ['issue', 'node', '../x'], 'is not a valid name'],
    ['addresses of somebody who is not called', ['issue', 'viewer', 'x', '--ip', '192.0.2.1'], 'is not called'],
    ['an address that is none', ['issue', 'node', 'x', '--ip', '192.0.2'], 'is no IP address'],
    ['days that are none', ['issue', 'node', 'x', '--days', 'many'], 'is not a number of days'],
    ['a second certificate of one name', ['issue', 'viewer', 'bob'], 'is there already'],
  ])('refuses %s', async (_what, args, says) => {
    expect(await certs(...args)).toMatchObject({ exit: 2, stderr: expect.stringContaining(says) });
  });

  it('shows what there is', async () => {
    const { stdout } = await certs('show', '-o', 'json');
    const shown = JSON.parse(stdout) as { name: string; role: string; issuer: string }[];
    expect(shown).toContainEqual(expect.objectContaining({ name: 'bob', role: 'viewer', issuer: 'berth-ca' }));
  });
});

describe('a daemon whose certificates change', async () => {
  const port = await freePort();
  const revokedFile = join(directory, 'revoked');
  const daemon = new DaemonProcess({
    args: ['--grpc-addr', `127.0.0.1:${port}`],
    config: `tls: {revokedFile: ${revokedFile}}\n`,
  });
  const files = join(daemon.dataDir, 'pki');
  const [first, second] = [new Pki('first'), new Pki('second')];
  const place = { port, from: '127.0.0.1' };
  const connected = async (card: Pair) => {
    const stream = await tls(place, card);
    const session = http2(stream);
    const { status } = await call(session, 'IPAM', 'GetVersion', {});
    return { stream, session, status };
  };
  const served = async (card: Pair) => {
    const { session, status } = await connected(card);
    session.destroy();
    return status;
  };

  beforeAll(async () => {
    writePki(files, first, first.node('node1'));
    writeFileSync(revokedFile, '');
    await daemon.start();
  });
  afterAll(() => daemon.remove());

  it('shows the new one to new connections, and keeps those it has', async () => {
    const alice = first.card('operator', 'alice');
    const before = await connected(alice);
    const shown = before.stream.getPeerX509Certificate()?.serialNumber;
    writePki(files, first, first.node('node1'));
    await waitFor('the new certificate', async () => {
      const { stream, session, status } = await connected(alice);
      expect(status).toBe(0);
      const serial = stream.getPeerX509Certificate()?.serialNumber;
      session.destroy();
      return serial === shown ? undefined : true;
    });
    expect((await call(before.session, 'IPAM', 'GetVersion', {})).status).toBe(0);
    before.session.destroy();
  });

  it('keeps the former one while the files do not fit together, and says so', async () => {
    const key = readFileSync(join(files, 'tls.key'), 'utf8');
    writeFileSync(join(files, 'tls.key'), first.node('node1').key);
    await waitFor('a line in the log', () => (daemon.log.includes('keeping the former') ? true : undefined));
    expect(await served(first.card('operator', 'alice'))).toBe(0);
    writeFileSync(join(files, 'tls.key'), key);
    rmSync(join(files, 'ca.crt'));
    expect(await served(first.card('operator', 'alice'))).toBe(0);
    writeFileSync(join(files, 'ca.crt'), first.authority.cert);
  });

  it('ends a connection when its certificate expires', async () => {
    // Long enough to get in although the machine halts for a moment.
    const short = first.card('viewer', 'brief', { lifetimeMs: 6_000 });
    const { stream, status } = await connected(short);
    expect(status).toBe(0);
    await untilEnd(stream);
    await waitFor('a line of audit', () => (daemon.log.includes('"code":"expired-certificate"') ? true : undefined));
  });

  it('ends a connection when its certificate is revoked', async () => {
    const mallory = first.card('admin', 'mallory');
    const { stream, status } = await connected(mallory);
    expect(status).toBe(0);
    const { X509Certificate } = await import('node:crypto');
    appendFileSync(revokedFile, `${new X509Certificate(mallory.cert).serialNumber}\n`);
    await untilEnd(stream);
    expect(await served(mallory)).toBe('cut');
    expect(await served(first.card('admin', 'mallory'))).toBe(0);
  });

  it('takes a second authority, then lets go of the first and of who has a certificate of it', async () => {
    const old = await connected(first.card('operator', 'alice'));
    expect(await served(second.card('operator', 'alice'))).toBe('cut');
    writeFileSync(join(files, 'ca.crt'), first.authority.cert + second.authority.cert);
    await waitFor('the second authority', async () =>
      (await served(second.card('operator', 'alice'))) === 0 ? true : undefined,
    );
    expect((await call(old.session, 'IPAM', 'GetVersion', {})).status).toBe(0);
    writePki(files, second, second.node('node1'));
    await untilEnd(old.stream);
    expect(await served(first.card('operator', 'alice'))).toBe('cut');
    expect(await served(second.card('operator', 'alice'))).toBe(0);
  });
});

describe('ipam-cli over TLS', async () => {
  const port = await freePort();
  const daemon = new DaemonProcess({ args: ['--grpc-addr', `127.0.0.1:${port}`] });
  const plain = new DaemonProcess({ args: ['--grpc-addr', `127.0.0.1:${port + 1}`] });
  const own = new Pki();
  const other = new Pki();
  const cards = join(directory, 'cards');
  const cli = (card: string, at = port, ...more: string[]): Promise<Finished> => {
    const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => join(cards, card, name)) as string[];
    const tlsFlags = card === '' ? [] : ['--cacert', `${ca}`, '--cert', `${cert}`, '--key', `${key}`];
    return run(join(bin, 'ipam-cli'), [
      '--daemon',
      `127.0.0.1:${at}`,
      '--timeout',
      '10',
      ...tlsFlags,
      ...more,
      'stats',
    ]);
  };
  /** Somebody who passes for a daemon. */
  const pretend = async (card: Pair): Promise<{ readonly server: Server; readonly port: number }> => {
    const app = createServer();
    const server = createTlsServer({ ...card, ALPNProtocols: ['h2'] }, (stream) => app.emit('connection', stream));
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  };

  beforeAll(async () => {
    writePki(join(daemon.dataDir, 'pki'), own, own.node('node1'));
    writePki(join(cards, 'alice'), own, own.card('operator', 'alice'));
    writePki(join(cards, 'old'), own, own.card('operator', 'old', { agoMs: 7_200_000 }));
    writePki(join(cards, 'early'), own, own.card('operator', 'early', { agoMs: -7_200_000 }));
    writePki(join(cards, 'stranger'), own, other.card('operator', 'alice'));
    writePki(join(cards, 'wrong-ca'), other, own.card('operator', 'alice'));
    await Promise.all([daemon.start(), plain.start()]);
  });
  afterAll(async () => {
    await Promise.all([daemon.remove(), plain.remove()]);
  });

  it('is served with a certificate, by flags or by variables', async () => {
    expect(await cli('alice')).toMatchObject({ exit: 0, stderr: '' });
    const [IPAM_CACERT, IPAM_CERT, IPAM_KEY] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) =>
      join(cards, 'alice', name),
    ) as [string, string, string];
    const env = { IPAM_DAEMON: `localhost:${port}`, IPAM_CACERT, IPAM_CERT, IPAM_KEY };
    expect(await run(join(bin, 'ipam-cli'), ['stats'], { env })).toMatchObject({ exit: 0, stderr: '' });
  });

  it.each([
    ['no certificate', '', 'speaks TLS and wants to see a certificate'],
    ['an expired one', 'old', 'the certificate of --cert has expired'],
    ['one of the future', 'early', 'is not valid before'],
    ['one of a stranger', 'stranger', 'does not accept the certificate of --cert'],
    ['the wrong authority', 'wrong-ca', 'is of an authority that is not in --cacert'],
  ])('says what is wrong: %s', async (_what, card, says) => {
    expect(await cli(card)).toMatchObject({ exit: 5, stderr: expect.stringContaining(says) });
  });

  it('says so of a name that is not in the certificate', async () => {
    expect(await cli('alice', port, '--server-name', 'ipam-9')).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('is not for "ipam-9", but for DNS:node1'),
    });
  });

  it('says so of a daemon that speaks no TLS, and of one that is not there', async () => {
    expect(await cli('alice', port + 1)).toMatchObject({ exit: 5, stderr: expect.stringContaining('speak TLS') });
    expect(await cli('alice', port + 2)).toMatchObject({ exit: 5, stderr: expect.stringContaining('does not answer') });
  });

  it('says so of files that are missing or do not fit together', async () => {
    cpSync(join(cards, 'alice'), join(cards, 'mixed'), { recursive: true });
    cpSync(join(cards, 'old', 'tls.key'), join(cards, 'mixed', 'tls.key'));
    expect(await cli('mixed')).toMatchObject({ exit: 5, stderr: expect.stringContaining('is not the key of') });
    expect(await cli('nowhere')).toMatchObject({ exit: 5, stderr: expect.stringContaining('ENOENT') });
  });

  it.each([
    [
      'a certificate for clients',
      () => own.card('admin', 'alice', { hosts: ['127.0.0.1'] }),
      'is not made for servers',
    ],
    [
      'of the role of a person',
      () => own.node('eve', { organization: 'berth:operator' }),
      'not that of an ipam-daemon',
    ],
    ['of another name', () => own.node('eve', { hosts: ['eve'] }), 'is not for "127.0.0.1"'],
    ['of another authority', () => other.node('node1'), 'is of an authority that is not in --cacert'],
  ] as const)('believes nobody who serves with %s', async (_what, card, says) => {
    const { server, port: at } = await pretend(card());
    try {
      expect(await cli('alice', at)).toMatchObject({ exit: 5, stderr: expect.stringContaining(says) });
    } finally {
      server.close();
    }
  });

  it('may read without certificates, and learns what to do to write', async () => {
    expect(await cli('', port + 1)).toMatchObject({ exit: 0 });
    const at = ['--daemon', `127.0.0.1:${port + 1}`];
    const refused = await run(join(bin, 'ipam-cli'), [...at, 'allocate', 'node5']);
    expect(refused).toMatchObject({ exit: 1, stderr: expect.stringContaining('ipam-cli certs init') });
  });

  it('starts no daemon whose certificates cannot be used, or that trusts everybody beside them', async () => {
    const broken = new DaemonProcess();
    writePki(join(broken.dataDir, 'pki'), own, { ...own.node('n'), key: other.node('n').key });
    broken.spawn();
    expect(await broken.ended()).toBe(2);
    expect(broken.log).toContain('is not the key of');
    await broken.remove();
    const both = new DaemonProcess({ args: ['--insecure'] });
    writePki(join(both.dataDir, 'pki'), own, own.node('n'));
    both.spawn();
    expect(await both.ended()).toBe(2);
    expect(both.log).toContain('leave --insecure out');
    await both.remove();
  });
});
