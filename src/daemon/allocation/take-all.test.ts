import { describe, expect, it } from 'vitest';
import { takeAll } from './take-all.ts';

/** Takes that end when they are told to. */
function world(doubtful: readonly string[] = []) {
  const begun: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<string>>();
  const take = (want: string): Promise<string> => {
    begun.push(want);
    const gate = Promise.withResolvers<string>();
    gates.set(want, gate);
    return gate.promise;
  };
  const all = takeAll(['four', 'six'], take, (want) => doubtful.includes(want));
  const end = async (want: string, error?: Error): Promise<void> => {
    if (error === undefined) gates.get(want)?.resolve(`address for ${want}`);
    else gates.get(want)?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { all, begun, end };
}

describe('an interface of both families', () => {
  it('begins with the second address before it has the first, and has them in the order of its families', async () => {
    const { all, begun, end } = world();
    expect(begun).toEqual(['four', 'six']);
    await end('six');
    await end('four');
    expect(await all).toEqual({ taken: ['address for four', 'address for six'] });
  });

  it('asks first for what looks exhausted, and takes nothing else when it is', async () => {
    const { all, begun, end } = world(['six']);
    expect(begun).toEqual(['six']);
    const error = new Error('exhausted');
    await end('six', error);
    expect(await all).toEqual({ taken: [], failure: { error } });
    expect(begun).toEqual(['six']);
  });

  it('goes on with the other when what looked exhausted was not', async () => {
    const { all, begun, end } = world(['six']);
    await end('six');
    expect(begun).toEqual(['six', 'four']);
    await end('four');
    expect(await all).toEqual({ taken: ['address for four', 'address for six'] });
  });

  it('says what was taken for one when the other fails, once both have ended: it has to be given back', async () => {
    const { all, end } = world();
    const error = new Error('taken');
    await end('four', error);
    await end('six');
    expect(await all).toEqual({ taken: ['address for six'], failure: { error } });
  });
});
