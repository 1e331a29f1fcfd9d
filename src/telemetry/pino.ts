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

export interface AdjustableLog extends Log {
  setLevel(level: LogOptions['level']): void;
}

/** Kept for a log that cannot be written to at the moment, bytes; what comes after is left out. */
const mostUnwritten = 1024 * 1024;

const destinations = new Set<ReturnType<typeof pino.destination>>();

/** Opens the files of all logs anew: what rotates logs has renamed them. */
export function reopenLogs(): void {
  for (const destination of destinations) destination.reopen();
}

/** @returns a log whose level can be set while it is used, its children's too */
export function createLog({ level, format, file }: LogOptions): AdjustableLog {
  const destination = pino.destination({ dest: file ?? 2, mkdir: true, sync: true, maxLength: mostUnwritten });
  // A full disk, a closed pipe: there is no place left to tell of it, and no reason to end.
  destination.on('error', () => {});
  if (file !== undefined) destinations.add(destination);
  const lines = linesTo(destination);
  const children: pino.Logger[] = [];
  const log = pino(
    {
      level,
      // A child has a level of its own from its making on.
      onChild: (child) => children.push(child),
      base: null,
      timestamp: timeField(Date.now),
      formatters: { level: (label) => ({ level: label }) },
    },
    format === 'text' ? asText(lines) : lines,
  );
  return Object.assign(log, {
    setLevel: (next: LogOptions['level']) => {
      for (const one of [log, ...children]) one.level = next;
    },
  });
}

/** As pino's own isoTime, whose text a busy daemon would make ten times for each millisecond. */
export function timeField(now: () => number): () => string {
  let at: number | undefined;
  let field = '';
  return () => {
    const present = now();
    if (present === at) return field;
    at = present;
    field = `,"time":"${new Date(present).toISOString()}"`;
    return field;
  };
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

/** What ends a line, moves a cursor or turns text around: names that others chose could forge lines with it. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function printable(text: string): string {
  return text.replaceAll(unprintable, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

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
      const head = `${String(time)} ${String(level).toUpperCase().padEnd(5)}`;
      destination.write(`${head} ${printable(`${String(msg ?? '')}${shown.join('')}${cause}`)}\n`);
    },
  };
}
