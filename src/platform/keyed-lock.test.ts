import { describe, expect, it } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

/** An action that notes when it begins, and ends when it is told to. */
function actions() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const action = (name: string) => () => {
    begun.push(name);
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return end.promise;
  };
  return {
    begun,
    action,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
}

describe('a lock by key', () => {
  it('lets one at a time have a key, in the order of arrival, and whoever comes meanwhile last', async () => {
    const { begun, action, end } = actions();
    const lock = new KeyedLock();
    const [one, two, three] = ['1', '2', '3'].map((name) => lock.run('a', action(name)));
    expect(begun).toEqual(['1']);
    end('1');
    await one;
    const four = lock.run('a', action('4'));
    await expect.poll(() => begun).toEqual(['1', '2']);
    end('2');
    expect(await two).toBe('2');
    await expect.poll(() => begun).toEqual(['1', '2', '3']);
    end('3');
    await three;
    await expect.poll(() => begun).toEqual(['1', '2', '3', '4']);
    end('4');
    await four;
    expect(lock.size).toBe(0);
  });

  it('has no key wait for another', async () => {
    const { begun, action, end } = actions();
    const lock = new KeyedLock();
    const calls = [lock.run('a', action('1')), lock.run('b', action('2'))];
    expect(begun).toEqual(['1', '2']);
    expect(lock.size).toBe(2);
    end('2');
    end('1');
    expect(await Promise.all(calls)).toEqual(['1', '2']);
  });

  it('goes on after an action that failed, also at once', async () => {
    const { begun, action, end, fail } = actions();
    const lock = new KeyedLock();
    const first = lock.run('a', action('1'));
    const second = lock.run('a', () => {
      throw new Error('2');
    });
    const third = lock.run('a', action('3'));
    fail('1');
    await expect(first).rejects.toThrow('1');
    await expect(second).rejects.toThrow('2');
    await expect.poll(() => begun).toEqual(['1', '3']);
    end('3');
    expect(await third).toBe('3');
    expect(lock.size).toBe(0);
  });
});
