import { inspect } from 'node:util';
import pino, { type DestinationStream } from 'pino';
import type { Log } from './log.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `text` is for eyes, `json` for machines. */
  readonly format: 'json' | 'text';
  /** Standard error when absent. */
  readonly file?: string;
}

export function createLog({ level, format, file }: LogOptions): Log {
  const lines = linesTo(pino.destination({ dest: file ?? 2, mkdir: true, sync: true }));
  return pino({ level, base: null }, format === 'text' ? asText(lines) : lines);
}

/**
 * What one turn of the loop logs is written at once: a busy daemon has an audit line for every call. An exit
 * loses nothing; SIGKILL may lose the lines of its last turn.
 */
function linesTo(destination: DestinationStream): DestinationStream {
  let lines = '';
  const flush = (): void => {
    const written = lines;
    lines = '';
    if (written !== '') destination.write(written);
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}

const levelNames: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

/** One line per event: time, level, sentence, then the fields. */
function asText(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const shown = Object.entries(fields).map(
        ([key, value]) =>
          ` ${key}=${typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, depth: 4 })}`,
      );
      const cause =
        typeof err === 'object' && err !== null
          ? ` error=${JSON.stringify((err as { message?: unknown }).message)}`
          : '';
      const head = `${new Date(Number(time)).toISOString()} ${(levelNames[Number(level)] ?? '').padEnd(5)}`;
      destination.write(`${head} ${String(msg ?? '')}${shown.join('')}${cause}\n`);
    },
  };
}
