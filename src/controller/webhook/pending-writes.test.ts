import { describe, expect, it } from 'vitest';
import { IpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { PendingWrites, type Surroundings } from './pending-writes.ts';
import { Objects } from './testing/objects.ts';

const pool = (name: string): Resource => ({ apiVersion: 'v1', kind: 'Pool', metadata: { name }, spec: {} });

interface World {
  readonly versionOf: (kind: string, name: string) => string | undefined;
}

const namesOf = ({ pending }: Surroundings<World>): string[] => pending.map(({ resource }) => resource.metadata.name);

function onlyOne(around: Surroundings<World>): void {
  if (around.pending.length > 0) throw new IpamError('invalid-config', `after ${namesOf(around).join()}`);
}

function replicas() {
  const objects = new Objects();
  const stored = new Map<string, string>();
  const time = { now: 1_000_000 };
  const options = { client: objects, namespace: 'berth-system', name: 'berth-webhook', now: () => time.now };
  const look = async (): Promise<World> => ({ versionOf: (kind, name) => stored.get(`${kind}/${name}`) });
  return { objects, stored, time, one: new PendingWrites(options, look), other: new PendingWrites(options, look) };
}

describe('two writes that exclude each other', () => {
  it('cannot both be allowed by one replica', async () => {
    const { one } = replicas();
    const both = ['a', 'b'].map((name) => one.enter({ resource: pool(name), replaces: '' }, onlyOne));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('cannot both be allowed by two replicas, at whatever moment the other one writes', async () => {
    const { objects, one, other } = replicas();
    objects.beforeWrite = () => other.enter({ resource: pool('b'), replaces: '' }, onlyOne);
    await expect(one.enter({ resource: pool('a'), replaces: '' }, onlyOne)).rejects.toThrow('after b');
  });
});

describe('a write that was allowed', () => {
  const allow = () => {};

  it('is pending until its object is no longer what it was', async () => {
    const { one, other, stored } = replicas();
    await one.enter({ resource: pool('a'), replaces: '' }, allow);
    expect(namesOf(await other.surroundings())).toEqual(['a']);
    stored.set('Pool/a', '7');
    expect(namesOf(await other.surroundings())).toEqual([]);
    await one.enter({ resource: pool('a'), replaces: '7' }, allow);
    expect(namesOf(await other.surroundings())).toEqual(['a']);
    stored.set('Pool/a', '8');
    expect(namesOf(await other.surroundings())).toEqual([]);
  });

  it('is pending no longer than an API server may take for it', async () => {
    const { one, time } = replicas();
    await one.enter({ resource: pool('a'), replaces: '' }, allow);
    time.now += 119_000;
    expect(namesOf(await one.surroundings())).toEqual(['a']);
    time.now += 1_000;
    expect(namesOf(await one.surroundings())).toEqual([]);
  });

  it('does not come back when its object is deleted', async () => {
    const { one, stored } = replicas();
    await one.enter({ resource: pool('a'), replaces: '' }, allow);
    stored.set('Pool/a', '7');
    await one.settle('Pool', 'a');
    stored.delete('Pool/a');
    expect(namesOf(await one.surroundings())).toEqual([]);
  });

  it('is forgotten with a ConfigMap that somebody spoiled', async () => {
    const { one, objects } = replicas();
    const path = '/api/v1/namespaces/berth-system/configmaps/berth-webhook';
    objects.put(path, { metadata: { name: 'berth-webhook' }, data: { pending: '{' } });
    await one.enter({ resource: pool('a'), replaces: '' }, onlyOne);
    expect(namesOf(await one.surroundings())).toEqual(['a']);
  });
});
