import { describe, expect, it } from 'vitest';
import { compareResults, compareValues } from './compare.ts';
import { parseResult, type ReadResult, readResult } from './result.ts';

const machine = {
  date: '2026-11-21T08:00:00.000Z',
  version: '0.1.0',
  node: 'v24.0.0',
  cpu: '2 x CPU',
  memoryGiB: 24,
  kernel: '6.1',
};

function result(rows: ReadResult['rows'], more: Partial<ReadResult['machine']> = {}): ReadResult {
  return { machine: { ...machine, ...more }, rows };
}

describe('comparing two results of make bench', () => {
  it.each([
    ['M pairs/s', 10, 12, 'better'],
    ['calls/s', 10, 9, 'worse'],
    ['ms', 1, 1.1, 'worse'],
    ['s', 1, 0.9, 'better'],
    ['MB', 100, 101, 'worse'],
    ['x', 1.5, 1.2, 'better'],
    ['ms', 3, 3, 'same'],
    ['ms', 0, 0, 'same'],
    ['bananas', 1, 2, ''],
  ])('knows for %s whether %d to %d is better', (unit, before, after, verdict) => {
    expect(compareValues(before, after, unit).verdict).toBe(verdict);
  });

  it('marks changes beyond 20 %, and not one of 20 %', () => {
    expect(compareValues(100, 120, 'ms').beyondNoise).toBe(false);
    expect(compareValues(100, 121, 'ms').beyondNoise).toBe(true);
    expect(compareValues(100, 79, 'ms').beyondNoise).toBe(true);
  });

  it('prints a table for each group, and lists what one side alone has', () => {
    const before = result([
      { group: 'CNI', name: 'ADD', value: 2, unit: 'ms' },
      { group: 'gRPC', name: 'throughput', value: 1000, unit: 'calls/s' },
      { group: 'gRPC', name: 'gone', value: 1, unit: 'ms' },
      { group: 'gRPC', name: 'remeasured', value: 1, unit: 's' },
    ]);
    const after = result([
      { group: 'CNI', name: 'ADD', value: 1, unit: 'ms' },
      { group: 'gRPC', name: 'throughput', value: 950, unit: 'calls/s' },
      { group: 'gRPC', name: 'remeasured', value: 1000, unit: 'ms' },
    ]);
    const text = compareResults(before, after);
    expect(text).toContain('### CNI');
    expect(text).toContain('| ADD | 2 ms | 1 ms | -50.0 % | **better** |');
    expect(text).toContain('| throughput | 1,000 calls/s | 950 calls/s | -5.0 % | worse |');
    expect(text).toMatch(/Only in the old result:\n\n- gRPC: gone: 1 ms\n- gRPC: remeasured: 1 s\n/);
    expect(text).toMatch(/Only in the new result:\n\n- gRPC: remeasured: 1,000 ms\n/);
    expect(text).not.toContain('Not the same ground');
  });

  it('says what differs between the machines', () => {
    const before = result([], { peers: { 'host-local': '1.1.1', gone: '1' } });
    const after = result([], { node: 'v26.0.0', cpu: '4 x CPU', peers: { 'host-local': '1.5.0' } });
    expect(compareResults(before, after)).toContain(
      'Not the same ground: the processor was 2 x CPU and is 4 x CPU; Node.js was v24.0.0 and is v26.0.0; host-local was 1.1.1 and is 1.5.0.',
    );
  });
});

describe('reading a result of make bench', () => {
  it('names a file that is not there', () => {
    expect(() => readResult('/nowhere/result.json')).toThrow(/cannot read \/nowhere\/result\.json: ENOENT/);
  });

  it.each([
    ['is no JSON', '{', /old\.json is no JSON/],
    ['is something else', '[]', /old\.json is no result of `make bench`: top level: /],
    ['lacks the machine', '{"rows":[]}', /no result of `make bench`: machine: /],
    [
      'has a value that is no number',
      JSON.stringify({ machine, rows: [{ group: 'g', name: 'n', value: '1', unit: 'ms' }] }),
      /rows\.0\.value: /,
    ],
  ])('refuses a file that %s', (_what, text, says) => {
    expect(() => parseResult(text, 'old.json')).toThrow(says);
  });
});
