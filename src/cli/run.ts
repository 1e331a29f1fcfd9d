import { CliError } from './cli-error.ts';
import { type Client, openClient } from './client.ts';
import { readClientTls } from './client-tls.ts';
import { exitCodes } from './exit-codes.ts';
import type { Format, Output } from './output.ts';

export interface GlobalOptions {
  readonly daemon: string;
  readonly output: Format;
  readonly color: boolean;
  readonly timeout: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

export interface Session {
  readonly client: Client;
  readonly output: Output;
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
  /** Columns of the terminal; undefined: the output is none. */
  readonly width?: number | undefined;
  /** Asks whoever sits before it; undefined: nobody does. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  readonly setExit: (code: number) => void;
}

export function outputOf(run: Run): Output {
  const { output, color } = run.options();
  return { format: output, colour: color && run.isTerminal, width: run.width, print: run.print };
}

/** An action with a connection that is closed when it ends. */
export function withClient<Arguments extends unknown[]>(
  run: Run,
  action: (session: Session, ...values: Arguments) => Promise<void>,
): (...values: Arguments) => Promise<void> {
  return async (...values) => {
    const { daemon, timeout, ...options } = run.options();
    const seconds = Number(timeout);
    if (!(seconds > 0))
      throw new CliError(`--timeout ${timeout} is not a number of seconds`, { code: 'usage', exit: exitCodes.usage });
    const client = openClient(daemon, seconds * 1000, readClientTls(options));
    try {
      await action({ client, output: outputOf(run) }, ...values);
    } finally {
      client.close();
    }
  };
}
