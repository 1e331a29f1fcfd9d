import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allKinds } from '../../src/resources/kinds.ts';
import { parseManifest, parseStored } from '../../src/resources/manifest.ts';
import { parsePool } from '../../src/resources/pool.ts';
import { skipEach } from '../kit/skip.ts';
import { needsControlPlane } from './binaries.ts';
import { ControlPlane } from './control-plane.ts';
import { installKinds, schemasPublished } from './installed.ts';
import { publishedEndpoint, publishedManifests } from './published-manifests.ts';

const reason = needsControlPlane();

describe('the CustomResourceDefinitions on a Kubernetes API server', () => {
  const controlPlane = new ControlPlane();

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await controlPlane.start();
    await installKinds(controlPlane);
    const served = await controlPlane.kubectl('get', 'crd', '-o', 'json');
    for (const { metadata, status } of JSON.parse(served).items) {
      const structural = status.conditions.filter(({ type }: { type: string }) => type === 'NonStructuralSchema');
      expect([metadata.name, structural]).toEqual([metadata.name, []]);
    }
    await schemasPublished(controlPlane);
    await controlPlane.apply(...publishedManifests, publishedEndpoint);
  });
  afterAll(() => controlPlane.stop());

  const table = async (...args: string[]): Promise<string[][]> =>
    (await controlPlane.kubectl('get', ...args))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));

  it('have the published names and short names', async () => {
    const lines = (await controlPlane.kubectl('api-resources', '--no-headers'))
      .split('\n')
      .map((line) => line.split(/ +/));
    for (const { plural, shortNames, apiVersion, namespaced, kind } of allKinds) {
      expect(lines).toContainEqual([plural, shortNames.join(','), apiVersion, String(namespaced), kind]);
    }
  });

  it('show the published columns', async () => {
    expect((await table('sp'))[0]).toEqual([
      'NAME',
      'VERSION',
      'SUBNET',
      'ALLOCATED-IP-COUNT',
      'TOTAL-IP-COUNT',
      'DEFAULT',
    ]);
    const wide = await table('sp', 'full', '-o', 'wide');
    expect(wide[0]).toEqual([...((await table('sp'))[0] ?? []), 'DISABLE', 'NODENAME', 'MULTUSNAME', 'APP-NAMESPACE']);
    expect((await table('sp', 'full'))[1]?.filter((cell) => cell !== '')).toEqual([
      'full',
      '4',
      '172.30.10.0/24',
      'true',
    ]);
    expect((await table('ss'))[0]).toEqual(['NAME', 'VERSION', 'SUBNET', 'ALLOCATED-IP-COUNT', 'TOTAL-IP-COUNT']);
    expect((await table('sr'))[0]).toEqual(['NAME', 'VERSION']);
    const [titles, endpoint] = await table('se');
    expect(titles).toEqual(['NAME', 'INTERFACE', 'IPV4POOL', 'IPV4', 'IPV6POOL', 'IPV6', 'NODE']);
    expect(endpoint?.slice(1, 4)).toEqual(['eth0', 'cloud', '172.30.11.193/20']);
  });

  it('are in one category', async () => {
    expect(await controlPlane.kubectl('get', 'spiderpool', '-o', 'name')).toContain(
      'spiderippool.spiderpool.spidernet.io/full',
    );
  });

  it('give pools the published defaults', async () => {
    const answer = await controlPlane.kubectl('get', 'sp', 'plain-v4', '-o', 'json');
    expect(JSON.parse(answer).spec).toMatchObject({ default: false, disable: false });
  });

  it('keep every field of the published manifests, and what they return can be read', async () => {
    const answer = JSON.parse(await controlPlane.kubectl('get', 'ss,sp,sr', '-o', 'json'));
    const stored = new Map<string, { spec: object }>(
      answer.items.map((item: { metadata: { name: string }; spec: object }) => [item.metadata.name, item]),
    );
    for (const wanted of publishedManifests as { metadata: { name: string }; spec: object }[]) {
      expect(stored.get(wanted.metadata.name)?.spec).toMatchObject(wanted.spec);
    }
    expect(parseManifest(JSON.stringify(answer), 'kubectl')).toHaveLength(publishedManifests.length);
  });

  it('return uid, times, owners, finalizers and status, and none of it is lost on us', async () => {
    const path = '/apis/spiderpool.spidernet.io/v2beta1/spiderippools/plain-v4';
    const patch = { metadata: { finalizers: ['spiderpool.spidernet.io'] } };
    await controlPlane.request('PATCH', path, patch, 'application/merge-patch+json');
    const status = { allocatedIPs: '{}', totalIPCount: 11, allocatedIPCount: 0 };
    const answer = await controlPlane.request('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
    expect(answer.status).toBe(200);
    await controlPlane.request('DELETE', path);
    const pool = parseStored(await controlPlane.get(path), 'answer');
    expect(pool).toMatchObject({
      metadata: {
        uid: expect.any(String),
        resourceVersion: expect.any(String),
        creationTimestamp: expect.any(String),
        deletionTimestamp: expect.any(String),
        finalizers: ['spiderpool.spidernet.io'],
      },
      status,
    });
    expect(parsePool(pool).name).toBe('plain-v4');
    const endpoint = parseStored(JSON.parse(await controlPlane.kubectl('get', 'se', '-o', 'json')).items[0], 'answer');
    expect(endpoint).toMatchObject({ metadata: { namespace: 'default' }, status: publishedEndpoint.status });
  });

  it.each<[string, object, RegExp]>([
    // kubectl of 1.27 and later leaves the check to the API server, which has words of its own.
    ['no subnet', { ips: ['10.0.0.1'] }, /missing required field "subnet"|spec\.subnet: Required value/],
    ['an IP version that there is not', { subnet: '10.0.0.0/24', ipVersion: 5 }, /Unsupported value: 5/],
    ['text for a list', { subnet: '10.0.0.0/24', multusName: 'a/b' }, /multusName.*(array|string)/],
    ['a field that there is not', { subnet: '10.0.0.0/24', gatway: '10.0.0.1' }, /unknown field "(spec\.)?gatway"/],
    ['a block size that there is not', { subnet: '10.0.0.0/24', blockSize: 129 }, /spec\.blockSize/],
  ])('make kubectl refuse a pool with %s', async (_what, spec, says) => {
    const file = JSON.stringify({
      apiVersion: 'spiderpool.spidernet.io/v2beta1',
      kind: 'SpiderIPPool',
      metadata: { name: 'bad' },
      spec,
    });
    await expect(controlPlane.apply(file)).rejects.toThrow(says);
  });
});
