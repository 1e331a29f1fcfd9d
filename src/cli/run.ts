import { type Client, openClient } from './client.ts';
import type { Format, Output } from './output.ts';

export interface GlobalOptions {
  readonly daemon: string;
  readonly output: Format;
  readonly color: boolean;
  readonly timeout: string;
}

export interface Session {
  readonly client: Client;
  readonly output: Output;
}

/** What a command needs of the process around it. */
export interface Run {
  readonly options: () => GlobalOptions;
  readonly print: (text: string) => void;
  readonly isTerminal: boolean;
  readonly setExit: (code: number) => void;
}

export function outputOf(run: Run): Output {
  const { output, color } = run.options();
  return { format: output, colour: color && run.isTerminal, print: run.print };
}

/** An action with a connection that is closed when it ends. */
export function withClient<Arguments extends unknown[]>(
  run: Run,
  action: (session: Session, ...values: Arguments) => Promise<void>,
): (...values: Arguments) => Promise<void> {
  return async (...values) => {
    const { daemon, timeout } = run.options();
    const client = openClient(daemon, Number(timeout) * 1000);
    try {
      await action({ client, output: outputOf(run) }, ...values);
    } finally {
      client.close();
    }
  };
}
