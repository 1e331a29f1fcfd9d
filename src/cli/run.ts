import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from './cli-error.ts';
import { type Client, openClient } from './client.ts';
import { readClientTls } from './client-tls.ts';
import { exitCodes } from './exit-codes.ts';
import { formatOf, type Output } from './output.ts';
import { tellProgress } from './progress.ts';
import { repeat } from './repeat.ts';

/** How often `--watch` looks, milliseconds. */
const lookMs = 2_000;

export interface GlobalOptions {
  readonly daemon: string;
  readonly output: string;
  readonly color: boolean;
  readonly timeout: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** Of commands that show a list. */
  readonly sortBy?: string;
  readonly columns?: string;
  readonly watch?: boolean;
}

export interface Session {
  readonly client: Client;
  readonly output: Output;
  /** Says what is done now of what may take long, as `3 of 200 resources`. */
  readonly step: (text: string) => void;
}

/** What a command needs of the process around it. */
export interface Run {
  readonly options: () => GlobalOptions;
  readonly print: (text: string) => void;
  /** Beside the output, as kubectl does: what reads the output is not disturbed. */
  readonly warn: (text: string) => void;
  /** What goes on, beside the output. */
  readonly note: (text: string) => void;
  readonly isTerminal: boolean;
  /** A line that the next one replaces, beside the output; empty: none. Undefined: nobody looks. */
  readonly progress?: ((line: string) => void) | undefined;
  /** Columns of the terminal; undefined: the output is none. */
  readonly width?: number | undefined;
  /** Asks whoever sits before it; undefined: nobody does. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  readonly setExit: (code: number) => void;
}

export function outputOf(run: Run): Output {
  const { output, color, sortBy, columns, watch = false } = run.options();
  return {
    ...formatOf(output),
    ...{ colour: color && run.isTerminal, width: run.width, sortBy, columns, isRepeated: watch, print: run.print },
  };
}

/** An action with a connection that is closed when it ends. */
export function withClient<Arguments extends unknown[]>(
  run: Run,
  action: (session: Session, ...values: Arguments) => Promise<void>,
): (...values: Arguments) => Promise<void> {
  return async (...values) => {
    const { daemon, timeout, watch = false, ...options } = run.options();
    const seconds = Number(timeout);
    if (!(seconds > 0))
      throw new CliError(`--timeout ${timeout} is not a number of seconds`, { code: 'usage', exit: exitCodes.usage });
    const output = outputOf(run);
    const asked = openClient(daemon, seconds * 1000, readClientTls(options));
    const { client, step, end } = tellProgress(asked, watch ? undefined : run.progress);
    const act = (print: Output['print']) => action({ client, step, output: { ...output, print } }, ...values);
    try {
      if (watch) await repeat(act, run.print, untilInterrupted());
      else await act(run.print);
    } finally {
      end();
      asked.close();
    }
  };
}

/** Waits for the next look; who interrupts it has seen enough, which is no failure. */
function untilInterrupted(): () => Promise<boolean> {
  const interrupted = once(process, 'SIGINT').then(() => false);
  return () => Promise.race([interrupted, pause(lookMs, true)]);
}
