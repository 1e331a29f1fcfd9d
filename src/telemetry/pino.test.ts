import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog, timeField } from './pino.ts';

describe('the log as text', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-log-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  const forged = '2026-01-01T00:00:00.000Z ERROR forged';
  /** Whatever a terminal or a viewer may take for the end of a line, or that hides one. */
  const signs = [
    '\n',
    '\r',
    '\r\n',
    '\v',
    '\f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u001b[2K\u001b[1A',
    '\b',
    '\0',
    '\u202e',
  ];

  it('has one line for each event, whatever a name or a message contains', async () => {
    const file = join(directory, 'log');
    const log = createLog({ level: 'info', format: 'text', file });
    for (const sign of signs) {
      const name = `pool${sign}${forged}`;
      log.info({ pool: name }, 'in a field');
      log.info({ [name]: 1 }, 'in the name of a field');
      log.info({ pools: [name], pod: { namespace: name } }, 'inside of a field');
      log.warn({}, `in the sentence: ${name}`);
      log.error({ err: new Error(name) }, 'in an error');
    }
    await turn();
    await turn();
    const text = readFileSync(file, 'utf8');
    const lines = text.split(/[\r\n\v\f\u0085\u2028\u2029]/u).filter((line) => line !== '');
    expect(lines).toHaveLength(5 * signs.length);
    for (const line of lines) expect(line).not.toMatch(/^2026-01-01|[\p{Cc}\u202e]/u);
  });

  it('goes on without a line that a full disk does not take', async () => {
    const log = createLog({ level: 'info', format: 'json', file: '/dev/full' });
    for (let line = 0; line < 5_000; line += 1) log.info({ line }, 'x'.repeat(1_000));
    await turn();
    await turn();
    log.info({}, 'and on');
    await turn();
  });
});

describe('the time of a line', () => {
  it('is that of its millisecond, in UTC, whether or not another line was of it', () => {
    const times = [1_000, 1_000, 1_001, 1_000];
    const field = timeField(() => times.shift() ?? 0);
    const [first, second] = [',"time":"1970-01-01T00:00:01.000Z"', ',"time":"1970-01-01T00:00:01.001Z"'];
    expect([field(), field(), field(), field()]).toEqual([first, first, second, first]);
  });
});
