import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import type { Answer, Neighbours } from '../platform/neighbours.ts';
import { sweep } from './sweep.ts';

const segment = { netns: '/proc/self/ns/net', ifname: 'eth1' };
const addresses = ['10.5.0.1', '10.5.0.2', '10.5.0.3'].map(parseAddress);

function scene(answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  const paused: number[] = [];
  const neighbours: Neighbours = {
    ask: async (_segment, sought) =>
      sought.map(({ address }) => {
        asked.push(address);
        return answers[address] ?? { kind: 'nobody' };
      }),
  };
  const clock = { now: () => 0, elapsed: () => 0, pause: async (ms: number) => void paused.push(ms) };
  return { asked, paused, parts: { neighbours, segment, clock, rate: 20, onAnswer: () => {} } };
}

describe('a sweep', () => {
  it('finds who answers, with all MACs, and goes no faster than its rate', async () => {
    const macs = ['4e:39:60:e5:32:80', '4e:39:60:e5:32:81'];
    const { asked, paused, parts } = scene({ '10.5.0.2': { kind: 'somebody', macs } });
    expect(await sweep(addresses, parts)).toEqual({
      ...{ found: [{ address: '10.5.0.2', macs }], asked: 3, unknown: 0, why: '' },
    });
    expect(asked).toEqual(['10.5.0.1', '10.5.0.2', '10.5.0.3']);
    expect(paused).toEqual([50, 50, 50]);
  });

  it('ends at once where nobody can be asked', async () => {
    const { asked, parts } = scene({ '10.5.0.1': { kind: 'unknown', why: 'Cannot find device "eth1"' } });
    expect(await sweep(addresses, parts)).toMatchObject({ unknown: 1, why: 'Cannot find device "eth1"' });
    expect(asked).toHaveLength(1);
  });

  it('counts what could not be asked for on the way', async () => {
    const { parts } = scene({ '10.5.0.3': { kind: 'unknown', why: 'nsenter: no answer' } });
    expect(await sweep(addresses, parts)).toMatchObject({ found: [], asked: 3, unknown: 1, why: 'nsenter: no answer' });
  });
});
