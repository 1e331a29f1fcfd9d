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
  const destination = pino.destination({ dest: file ?? 2, mkdir: true, sync: true });
  return pino({ level, base: null }, format === 'text' ? textStream(destination) : destination);
}

const levelNames: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR' };

/** One line per event: time, level, sentence, then the fields. */
function textStream(destination: DestinationStream): DestinationStream {
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
