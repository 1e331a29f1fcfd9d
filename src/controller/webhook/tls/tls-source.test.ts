import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../telemetry/log.ts';
import { Objects } from '../testing/objects.ts';
import { newServingPair } from './certificate.ts';
import { FileTls } from './file-tls.ts';
import { SecretTls } from './secret-tls.ts';

const dayMs = 86_400_000;
const path = '/api/v1/namespaces/berth-system/secrets/berth-webhook-tls';

describe('certificates in a Secret', () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const replica = (client: Objects): SecretTls =>
    new SecretTls({
      client,
      namespace: 'berth-system',
      secretName: 'berth-webhook-tls',
      hosts: ['ipam-controller.berth-system.svc'],
      now: () => now,
      log: silentLog,
    });

  it('are the same for all replicas, however they start', async () => {
    const objects = new Objects();
    const [one, other] = [replica(objects), replica(objects)];
    objects.beforeWrite = async () => void (await other.read());
    const material = await one.read();
    expect(await other.read()).toEqual(material);
    expect(Object.keys((await objects.get<{ data: object }>(path))?.data ?? {})).toEqual([
      'tls.crt',
      'tls.key',
      'ca.crt',
    ]);
  });

  it('are replaced by one replica, and served by all', async () => {
    const objects = new Objects();
    const [one, other] = [replica(objects), replica(objects)];
    const first = await one.read();
    now += 70 * dayMs;
    objects.beforeWrite = async () => void (await other.read());
    const announced = await one.read();
    expect(announced.cert).toBe(first.cert);
    expect(announced.caBundle).not.toBe(first.caBundle);
    now += dayMs;
    const second = await other.read();
    expect(second.cert).not.toBe(first.cert);
    expect(await one.read()).toEqual(second);
  });

  it.each<[string, Record<string, string>]>([
    ['is empty', {}],
    ['has text that is no certificate', { 'tls.crt': 'bm8=', 'tls.key': 'bm8=', 'ca.crt': 'bm8=' }],
  ])('are made anew when the Secret %s', async (_what, data) => {
    const objects = new Objects();
    objects.put(path, { metadata: { name: 'berth-webhook-tls' }, data });
    const material = await replica(objects).read();
    expect(material.cert).toContain('BEGIN CERTIFICATE');
    expect(await replica(objects).read()).toEqual(material);
  });
});

describe('certificates in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-webhook-'));
  const source = new FileTls(folder);
  const write = (pair: Record<string, string>): void => {
    for (const [name, text] of Object.entries(pair)) writeFileSync(join(folder, name), text);
  };
  const pair = () => newServingPair({ hosts: ['a'], now: Date.now(), lifetimeMs: dayMs });

  afterEach(() => {
    for (const name of ['tls.crt', 'tls.key', 'ca.crt']) rmSync(join(folder, name), { force: true });
  });

  it('are read again at each look', async () => {
    const [first, second] = [pair(), pair()];
    write({ 'tls.crt': first.cert, 'tls.key': first.key, 'ca.crt': first.ca });
    expect(await source.read()).toEqual({ cert: first.cert, key: first.key, caBundle: first.ca });
    write({ 'tls.crt': second.cert, 'tls.key': second.key, 'ca.crt': second.ca });
    expect(await source.read()).toEqual({ cert: second.cert, key: second.key, caBundle: second.ca });
  });

  it('need no authority beside them: somebody else may tell the API servers', async () => {
    const { cert, key } = pair();
    write({ 'tls.crt': cert, 'tls.key': key });
    expect((await source.read()).caBundle).toBe('');
  });

  it('are not taken while only one of two files was replaced, or one is missing', async () => {
    const [first, second] = [pair(), pair()];
    await expect(source.read()).rejects.toThrow('cannot read a certificate');
    write({ 'tls.crt': first.cert, 'tls.key': second.key });
    await expect(source.read()).rejects.toThrow('do not belong together');
  });
});
