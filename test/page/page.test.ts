import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/tls/identity.ts';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from '../security/pki.ts';
import { type Asking, ask, open } from './browser-request.ts';

describe('the page of a daemon with certificates', () => {
  const pki = new Pki();
  let port = 0;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    port = await freePort();
    daemon = new DaemonProcess({ args: ['--page-addr', `127.0.0.1:${port}`, '--log-format', 'json'] });
    writePki(join(daemon.dataDir, 'pki'), pki, pki.node('node1'));
    await daemon.start();
  });
  afterAll(() => daemon?.remove());

  const as = (role: Role, path: string, more: Partial<Asking> = {}) =>
    ask({ port, ca: pki.authority.cert, card: pki.card(role, `a-${role}`), path, ...more });
  const audited = () => daemon.log.split('\n').filter((line) => line.includes('"audit":'));
  const own = () => ({ origin: `https://127.0.0.1:${port}` });
  const stateOf = async (address: string) =>
    /class="state s-([a-z-]+)"/.exec((await as('viewer', `/addresses/${address}`)).text)?.[1];

  it.each([
    ['without a certificate', undefined],
    ['with one of another authority', new Pki().card('admin', 'mallory')],
  ])('shows nothing to a stranger %s', async (_what, card) => {
    const stranger = { port, ca: pki.authority.cert, path: '/', ...(card === undefined ? {} : { card }) };
    await expect(ask(stranger)).rejects.toThrow();
  });

  it('shows a viewer what there is, and lets nothing of others in', async () => {
    const { status, headers, text } = await as('viewer', '/');
    expect(status).toBe(200);
    expect(text).toContain('cluster-ipv4');
    expect(text).toContain('a-viewer, viewer');
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
    });
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded.filter((path) => !path.startsWith('/') && !path.startsWith('#'))).toEqual([]);
    for (const path of loaded.filter((one) => one.startsWith('/assets/')))
      expect((await as('viewer', path)).status, path).toBe(200);
  });

  it('is compressed for who says so, and Chinese for who reads that', async () => {
    const headers = { 'accept-encoding': 'gzip', 'accept-language': 'zh-CN' };
    const compressed = await as('viewer', '/', { headers });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    const { text } = await as('viewer', '/', { headers: { 'accept-language': 'zh-CN' } });
    expect(text).toMatch(/<html lang="zh-CN">.*<h1>总览<\/h1>/s);
  });

  it('shows nothing to a node', async () => {
    expect(await as('node', '/')).toMatchObject({ status: 403 });
    expect((await as('node', '/live')).status).toBe(403);
  });

  it('has nobody but operators put an address in quarantine', async () => {
    const form = { reason: 'a printer', seconds: '0' };
    const refused = await as('viewer', '/addresses/10.244.0.9/quarantine', { headers: own(), form });
    expect(refused).toMatchObject({
      status: 403,
      text: expect.stringContaining('may not call ipam.IPAM/QuarantineIP'),
    });
    expect(await stateOf('10.244.0.9')).toBe('free');
    expect(audited().some((line) => line.includes('a-viewer') && line.includes('refuse-call'))).toBe(true);
  });

  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of whoever does not say where from', {}],
  ])('takes no form %s, whoever sends it', async (_what, headers) => {
    const form = { reason: 'a printer', seconds: '0' };
    const { status } = await as('operator', '/addresses/10.244.0.10/quarantine', { headers, form });
    expect(status).toBe(403);
    expect(await stateOf('10.244.0.10')).toBe('free');
  });

  it('has an operator put an address in quarantine and lift it, and writes down who did', async () => {
    const form = { reason: 'a printer', seconds: '3600' };
    const path = '/addresses/10.244.0.11';
    const done = await as('operator', `${path}/quarantine`, { headers: own(), form });
    expect(done).toMatchObject({ status: 303, headers: { location: path } });
    expect(await stateOf('10.244.0.11')).toBe('quarantined');
    expect((await as('operator', path)).text).toContain(`href="${path}/lift"`);
    expect(audited().find((line) => line.includes('"audit":"quarantine"'))).toMatch(
      /"ip":"10\.244\.0\.11".*"seconds":3600.*"name":"a-operator"/,
    );
    expect((await as('operator', `${path}/lift`, { headers: own(), form: {} })).status).toBe(303);
    expect(await stateOf('10.244.0.11')).toBe('free');
  });

  it('says what is wrong with a form', async () => {
    const form = { reason: ' ', seconds: '3600' };
    const refused = await as('operator', '/addresses/10.244.0.11/quarantine', { headers: own(), form });
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('1 to 500 are allowed') });
    const long = { reason: 'x'.repeat(20_000), seconds: '0' };
    expect((await as('operator', '/addresses/10.244.0.11/quarantine', { headers: own(), form: long })).status).toBe(
      413,
    );
  });

  it('tells of a change as it happens', async () => {
    const response = await open({ port, ca: pki.authority.cert, card: pki.card('viewer', 'a-viewer'), path: '/live' });
    expect(response.headers['content-type']).toBe('text/event-stream');
    let told = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      told += piece;
    });
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
    const args = 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0';
    const call = { command: 'ADD', containerId: 'c-live', netns: '/var/run/netns/none', args };
    await cni('ipam-plugin', { cniVersion: '1.0.0', name: 'net', ipam }, call);
    const event = await waitFor('an event', () => /data: (\{.*web-0.*\})\n\n/.exec(told)?.[1]);
    expect(JSON.parse(event)).toMatchObject({ type: 'allocated', node: 'node1', pod: 'shop/web-0' });
    response.destroy();
  });
});

describe('the page of a daemon without certificates', () => {
  let port = 0;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    port = await freePort();
    daemon = new DaemonProcess({ args: ['--page-addr', `127.0.0.1:${port}`] });
    await daemon.start();
  });
  afterAll(() => daemon?.remove());

  it('is for who reads, on this machine', async () => {
    expect((await ask({ port, path: '/' })).status).toBe(200);
    const form = { reason: 'a printer', seconds: '0' };
    const headers = { origin: `http://127.0.0.1:${port}` };
    expect((await ask({ port, path: '/addresses/10.244.0.9/quarantine', headers, form })).status).toBe(403);
  });

  it('is not for a name of somebody else that leads here', async () => {
    const { status, text } = await ask({ port, path: '/', headers: { host: 'evil.example' } });
    expect(status).toBe(403);
    expect(text).not.toContain('cluster-ipv4');
  });
});
