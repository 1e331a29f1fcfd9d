import { describe, expect, it } from 'vitest';
import { silentLog } from '../../telemetry/log.ts';
import { Objects } from '../webhook/testing/objects.ts';
import { SecretAuthority } from './secret-authority.ts';

const path = '/api/v1/namespaces/berth-system/secrets/berth-daemons-ca';
const yearMs = 365 * 86_400_000;

describe('the authority of the daemons’ certificates', () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const replica = (client: Objects): SecretAuthority =>
    new SecretAuthority({
      ...{ client, namespace: 'berth-system', secretName: 'berth-daemons-ca' },
      ...{ now: () => now, log: silentLog },
    });

  it('is one for all replicas, whoever needs it first', async () => {
    const objects = new Objects();
    const [one, other] = [replica(objects), replica(objects)];
    objects.beforeWrite = async () => void (await other.read());
    expect(await one.read()).toEqual(await other.read());
    expect(Object.keys((await objects.get<{ data: object }>(path))?.data ?? {})).toEqual(['ca.crt', 'ca.key']);
  });

  it('stays, and is made anew before it is too old to sign', async () => {
    const objects = new Objects();
    const authority = replica(objects);
    const first = await authority.read();
    now += 9 * yearMs;
    expect(await authority.read()).toEqual(first);
    now += yearMs;
    const second = await authority.read();
    expect(second.cert).not.toBe(first.cert);
    expect(await replica(objects).read()).toEqual(second);
  });

  it.each<[string, Record<string, string>]>([
    ['was emptied', {}],
    ['has what is no certificate', { 'ca.crt': 'bm8=', 'ca.key': 'bm8=' }],
  ])('is made anew where its Secret %s', async (_what, data) => {
    const objects = new Objects();
    objects.put(path, { metadata: { name: 'berth-daemons-ca' }, data });
    expect((await replica(objects).read()).cert).toContain('BEGIN CERTIFICATE');
  });
});
