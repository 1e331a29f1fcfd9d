import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../test/kit/free-port.ts';
import { memberName, organizationOf, type Role } from '../tls/identity.ts';
import { issue, newAuthority, newKey } from '../tls/issue.ts';
import { detectExistingCluster } from './peer-probe.ts';

describe('a existing at the port of consensus', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-knock-'));
  const now = Date.now();
  const lifetimeMs = 3_600_000;
  const authority = newAuthority({ name: 'berth', now, lifetimeMs });
  const card = (role: Role, by = authority) => {
    const key = newKey();
    const hosts = ['127.0.0.1', ...(role === 'member' ? [memberName] : [])];
    const subject = { name: 'n1', organization: organizationOf(role) };
    return { cert: issue({ authority: by, subject, hosts, uses: ['client', 'server'], key, now, lifetimeMs }), key };
  };
  const fileOf = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  afterAll(() => rmSync(directory, { recursive: true }));

  const knockWith = async (shown: object) => {
    const { cert, key } = card('member');
    const tls = { caFile: fileOf('ca', authority.cert), certFile: fileOf('cert', cert), keyFile: fileOf('key', key) };
    const port = await freePort();
    const heard = detectExistingCluster({ host: '127.0.0.1', port }, tls);
    const ended = new AbortController();
    const knocking = (async () => {
      while (!ended.signal.aborted) {
        await new Promise<void>((resolve) => {
          const headers = { 'X-Etcd-Cluster-ID': 'abc', 'X-PeerURLs': 'https://192.0.2.1:7001' };
          const sent = request({ host: '127.0.0.1', port, ca: authority.cert, agent: false, headers, ...shown });
          sent.once('response', (answer) => answer.resume().once('end', resolve));
          sent.once('error', () => resolve());
          sent.end();
        });
        await pause(20);
      }
    })();
    const found = await heard;
    ended.abort();
    await knocking;
    return found;
  };

  it('is heard from a member', async () => {
    expect(await knockWith(card('member'))).toEqual({ clusterId: 'abc', address: '192.0.2.1:7000' });
  });

  it.each([
    ['without a certificate', {}],
    ["with a node's certificate", card('node')],
    ['with one of another authority', card('member', newAuthority({ name: 'berth', now, lifetimeMs }))],
  ])('is none %s', async (_what, shown) => {
    expect(await knockWith(shown)).toBe(undefined);
  });
});
