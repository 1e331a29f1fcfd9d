import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/kit/wait.ts';
import { systemClock } from '../platform/clock.ts';
import type { SigningRequest } from '../store/kubernetes/signing-request.ts';
import { silentLog } from '../telemetry/log.ts';
import { readRequest } from '../tls/certificate-request.ts';
import { identityOf } from '../tls/identity.ts';
import { issue, newAuthority } from '../tls/issue.ts';
import { filesIn } from '../tls/tls-files.ts';
import { NodeCertificate, preparePlaceholder } from './node-certificate.ts';

const hourMs = 3_600_000;

describe('the certificate of a node', () => {
  let directory = '';
  const paths = () => filesIn(join(directory, 'pki-issued'));
  const shown = (file: string): X509Certificate => new X509Certificate(readFileSync(file));
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-issued-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is one that nobody trusts until the cluster has given one, and is kept while it is good', () => {
    preparePlaceholder('node1', paths(), Date.now());
    const first = shown(paths().certFile);
    expect(identityOf(first)).toEqual({ name: 'node1', role: 'node' });
    expect(statSync(paths().keyFile).mode & 0o777).toBe(0o600);
    preparePlaceholder('node1', paths(), Date.now());
    expect(shown(paths().certFile).serialNumber).toBe(first.serialNumber);
    // Another node's, or one that has had its time, is none.
    preparePlaceholder('node2', paths(), Date.now());
    expect(identityOf(shown(paths().certFile))?.name).toBe('node2');
    // Of another authority each time, whose key nobody has.
    expect(shown(paths().certFile).issuer).not.toBe(first.issuer);
  });

  it('is asked of the cluster, and put in its place', async () => {
    const authority = newAuthority({ name: 'ca', now: Date.now(), lifetimeMs: hourMs });
    let asked: SigningRequest | undefined;
    const client = {
      create: async <T>(_path: string, object: unknown): Promise<T> => {
        asked = object as SigningRequest;
        return object as T;
      },
      get: async <T>(): Promise<T> => {
        const request = readRequest(Buffer.from(asked?.spec.request ?? '', 'base64').toString());
        const cert = issue({
          ...{ authority, subject: { name: 'node1', organization: 'berth:node' }, hosts: ['node1'] },
          ...{ uses: ['server', 'client'], key: request?.publicKey ?? '', now: Date.now(), lifetimeMs: hourMs },
        });
        const certificate = Buffer.from(cert + authority.cert).toString('base64');
        return { ...asked, status: { certificate } } as T;
      },
    };
    preparePlaceholder('node1', paths(), Date.now());
    const stop = new AbortController();
    const parts = { client, node: 'node1', paths: paths(), clock: systemClock, log: silentLog };
    const running = new NodeCertificate(parts).run(stop.signal);
    await waitFor('the certificate', () => shown(paths().certFile).issuer === 'CN=ca' || undefined);
    stop.abort();
    await running;
    expect(asked?.spec).toMatchObject({ signerName: 'berth.network/ipam-daemon' });
    expect(readFileSync(paths().caFile, 'utf8')).toBe(authority.cert);
  });

  it('stays as it was when the cluster denies another', async () => {
    preparePlaceholder('node1', paths(), Date.now());
    const before = readFileSync(paths().certFile, 'utf8');
    const warned: string[] = [];
    const log = { ...silentLog, warn: ({ err }: { err: Error }) => void warned.push(err.message) };
    const denied = { status: { conditions: [{ type: 'Denied', message: 'the token is of no Pod' }] } };
    const client = { create: async () => ({ metadata: { name: 'x' } }), get: async () => denied };
    const stop = new AbortController();
    const parts = { client, node: 'node1', paths: paths(), clock: systemClock, log } as never;
    const running = new NodeCertificate(parts).run(stop.signal);
    await waitFor('the denial', () => warned[0]);
    stop.abort();
    await running;
    expect(warned[0]).toContain('the token is of no Pod');
    expect(readFileSync(paths().certFile, 'utf8')).toBe(before);
  });
});
