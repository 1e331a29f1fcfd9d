import { describe, expect, it } from 'vitest';
import { isIpamError } from '../../resources/errors.ts';
import { KeptRecords } from './kept-records.ts';
import { ConfigMaps } from './testing/config-maps.ts';

const web = { pod: 'shop/web-0', resource: 'shop/StatefulSet/web', addresses: ['10.0.0.9', 'fd00::9'] };

describe('the records of Pods whose addresses stay', () => {
  const open = async (maps: ConfigMaps): Promise<KeptRecords> => {
    const records = new KeptRecords({ client: maps.client, namespace: 'kube-system' });
    await records.load();
    return records;
  };

  it('are known to the next controller, by Pod and by address', async () => {
    const maps = new ConfigMaps();
    await (await open(maps)).put(web);
    expect(maps.lines('cilium-ipam-kept.shop')).toEqual({ 'web-0': 'StatefulSet/web 10.0.0.9 fd00::9' });
    const next = await open(maps);
    expect([next.of('shop/web-0'), next.for('fd00::9'), [...next.all()]]).toEqual([web, web, [web]]);
    await next.delete('shop/web-0');
    expect([next.for('10.0.0.9'), (await open(maps)).of('shop/web-0')]).toEqual([undefined, undefined]);
  });

  it('are refused from one that has not seen the last, and known to it from then on', async () => {
    const maps = new ConfigMaps();
    const [former, next] = [await open(maps), await open(maps)];
    await next.put(web);
    const late = { ...web, pod: 'shop/web-1', addresses: ['10.0.0.9'] };
    const refused = await former.put(late).catch((error: unknown) => error);
    expect(isIpamError(refused, 'conflict')).toBe(true);
    expect(former.for('10.0.0.9')).toEqual(web);
  });

  it('leaves alone what it cannot read', async () => {
    const maps = new ConfigMaps();
    const records = await open(maps);
    await records.put(web);
    const [name, object] = [...maps.objects][0] ?? expect.fail('nothing is recorded');
    maps.objects.set(name, { ...object, data: { ...object.data, 'web-1': 'what?' } });
    expect([...(await open(maps)).all()]).toEqual([web]);
  });
});
