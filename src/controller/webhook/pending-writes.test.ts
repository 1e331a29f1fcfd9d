import { describe, expect, it } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { type AskedWrite, PendingWrites, type Surroundings } from './pending-writes.ts';
import { Objects } from './testing/objects.ts';

const pool = (name: string): Resource => ({ apiVersion: 'v1', kind: 'Pool', metadata: { name }, spec: {} });
const proven = (name: string, replaces = ''): AskedWrite => ({ resource: pool(name), replaces, isProven: true });
const unproven = (name: string, replaces = ''): AskedWrite => ({ resource: pool(name), replaces, isProven: false });
const { signal } = new AbortController();

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
  const clock: Clock = {
    now: () => time.now,
    elapsed: () => time.now,
    pause: async (ms) => {
      time.now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const options = { client: objects, namespace: 'berth-system', name: 'berth-webhook', clock };
  const look = async (): Promise<World> => ({ versionOf: (kind, name) => stored.get(`${kind}/${name}`) });
  const [one, other] = [new PendingWrites(options, look), new PendingWrites(options, look)];
  const enter = (asked: AskedWrite, review = onlyOne, by = one): Promise<void> => by.enter(asked, review, signal);
  return { objects, stored, time, one, other, enter };
}

describe('two writes that exclude each other', () => {
  it('cannot both be allowed by one replica', async () => {
    const { enter } = replicas();
    const both = ['a', 'b'].map((name) => enter(proven(name)));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('cannot both be allowed by two replicas, at whatever moment the other one writes', async () => {
    const { objects, enter, other } = replicas();
    objects.beforeWrite = () => enter(proven('b'), onlyOne, other);
    await expect(enter(proven('a'))).rejects.toThrow('after b');
  });

  it('cannot both be allowed either when nobody proves to be an API server: the second waits for the first', async () => {
    const { enter, stored } = replicas();
    const exclusive = (around: Surroundings<World>): void => {
      if (stored.has('Pool/a')) throw new IpamError('invalid-config', 'a is stored');
      onlyOne(around);
    };
    await enter(unproven('a'), exclusive);
    const second = enter(unproven('b'), exclusive);
    stored.set('Pool/a', '7');
    await expect(second).rejects.toThrow('a is stored');
  });
});

describe('a write that nobody proves', () => {
  it('refuses nothing when it does not come, and delays by seconds', async () => {
    const { enter, time } = replicas();
    await enter(unproven('ghost'));
    const asked = time.now;
    await enter(unproven('real'));
    expect(time.now - asked).toBeLessThanOrEqual(5_200);
  });

  it('delays nobody who was there before it', async () => {
    const { enter, time, one, other } = replicas();
    await enter(unproven('ghost'));
    const asked = time.now;
    let ghosts = 0;
    const real = enter(unproven('real'), (around) => {
      // Once it waits, one more at each look, by another replica.
      ghosts += 1;
      if (ghosts > 4 && ghosts < 20) void other.enter(unproven(`ghost-${ghosts}`), () => {}, signal);
      onlyOne(around);
    });
    await real;
    expect(time.now - asked).toBeLessThanOrEqual(5_200);
    expect(namesOf(await one.surroundings())).toEqual([]);
  });

  it('fills no store, however many come and however long they are', async () => {
    const { objects, enter, time } = replicas();
    let written = 0;
    const write = objects.replace.bind(objects);
    objects.replace = (path, object) => {
      written += JSON.stringify(object).length;
      return write(path, object);
    };
    const long = { ...pool('ghost'), spec: { text: 'x'.repeat(20_000) } };
    const from = time.now;
    while (time.now < from + 300_000) {
      await enter({ resource: long, replaces: '', isProven: false }, () => {});
      // As fast as an API server takes it.
      time.now += 5;
    }
    expect(written).toBeLessThan(110 * 1024 * 1024);
    const asked = time.now;
    await enter(proven('real'), () => {});
    expect(time.now).toBe(asked);
  });

  it('is given up when its review is', async () => {
    const { enter, one } = replicas();
    await enter(unproven('ghost'));
    const over = AbortSignal.abort();
    await expect(one.enter(unproven('late'), onlyOne, over)).rejects.toMatchObject({ code: 'not-ready' });
  });

  it('is nothing that a proven one, or a trial, waits for any longer than for another', async () => {
    const { enter, one } = replicas();
    await enter(unproven('ghost'));
    onlyOne(await one.surroundings());
    await enter(proven('real'));
    await expect(enter(unproven('late'))).rejects.toThrow('after real');
  });

  it('leaves when it is refused after all, so that nobody waits for it', async () => {
    const { enter, time } = replicas();
    await enter(unproven('ghost'));
    const never = (around: Surroundings<World>): void => {
      if (time.now > 1_002_000) throw new IpamError('invalid-config', 'no');
      onlyOne(around);
    };
    await expect(enter(unproven('refused'), never)).rejects.toThrow('no');
    const asked = time.now;
    await enter(unproven('next'));
    expect(time.now - asked).toBeLessThanOrEqual(3_200);
  });

  it('is forgotten for newer ones: there are never more than the ConfigMap holds', async () => {
    const { enter, objects } = replicas();
    const large = { ...pool('large'), spec: { ips: ['x'.repeat(100_000)] } };
    for (let n = 0; n < 100; n += 1)
      await enter({ ...unproven(`g${n}`), resource: n % 9 === 0 ? large : pool(`g${n}`) }, () => {});
    const path = '/api/v1/namespaces/berth-system/configmaps/berth-webhook';
    const map = await objects.get<{ data: { pending: string } }>(path);
    expect(JSON.parse(map?.data.pending ?? '[]').length).toBeLessThanOrEqual(64);
    expect(map?.data.pending.length).toBeLessThan(300_000);
  });
});

describe('a write that was allowed', () => {
  const allow = () => {};

  it('is pending until its object is no longer what it was', async () => {
    const { enter, other, stored } = replicas();
    await enter(proven('a'), allow);
    expect(namesOf(await other.surroundings())).toEqual(['a']);
    stored.set('Pool/a', '7');
    expect(namesOf(await other.surroundings())).toEqual([]);
    await enter(proven('a', '7'), allow);
    expect(namesOf(await other.surroundings())).toEqual(['a']);
    stored.set('Pool/a', '8');
    expect(namesOf(await other.surroundings())).toEqual([]);
  });

  it('is pending no longer than an API server may take for it', async () => {
    const { enter, one, time } = replicas();
    await enter(proven('a'), allow);
    time.now += 119_000;
    expect(namesOf(await one.surroundings())).toEqual(['a']);
    time.now += 1_000;
    expect(namesOf(await one.surroundings())).toEqual([]);
  });

  it('does not come back when its object is deleted', async () => {
    const { enter, one, stored } = replicas();
    await enter(proven('a'), allow);
    stored.set('Pool/a', '7');
    await one.settle('Pool', 'a');
    stored.delete('Pool/a');
    expect(namesOf(await one.surroundings())).toEqual([]);
  });

  it('is forgotten with a ConfigMap that somebody spoiled', async () => {
    const { enter, one, objects } = replicas();
    const path = '/api/v1/namespaces/berth-system/configmaps/berth-webhook';
    objects.put(path, { metadata: { name: 'berth-webhook' }, data: { pending: '{' } });
    await enter(proven('a'));
    expect(namesOf(await one.surroundings())).toEqual(['a']);
  });
});
