import { statSync, unlinkSync } from 'node:fs';
import { setInterval as every } from 'node:timers/promises';
import { isServed } from '../platform/socket-probe.ts';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';

/** Removes a socket file that nobody serves. @throws IpamError invalid-config when it is something else */
export async function removeStale(path: string): Promise<void> {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (!present.isSocket()) {
    throw new IpamError('invalid-config', `${path} is there already and is no socket`, {
      advice: 'move it away, or set grpc.unixSocket',
    });
  }
  if (await isServed(path)) {
    throw new IpamError('invalid-config', `another daemon listens on ${path}`, {
      advice: 'stop it first, or set grpc.unixSocket',
    });
  }
  unlinkSync(path);
}

export interface KeepOptions {
  /** Makes the file again. */
  readonly bind: () => Promise<void>;
  readonly log: Log;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Has a socket's file made again when it is no longer the one that we made: without it nobody finds the daemon,
 * which would go on as if all were well. Looking costs a microsecond; watching the folder would miss its removal.
 */
export async function keepSocketFile(path: string, { bind, log, everyMs, signal }: KeepOptions): Promise<void> {
  let ours = identity(path);
  let reported = '';
  const mind = async (): Promise<void> => {
    try {
      if (identity(path) === ours) return;
      await bind();
      ours = identity(path);
      reported = '';
      log.warn({ socket: path }, 'the socket file was gone; listening on a new one');
    } catch (error) {
      const { message } = error as Error;
      if (message !== reported) log.error({ err: error, socket: path }, 'the socket file is not ours any more');
      reported = message;
    }
  };
  try {
    for await (const _ of every(everyMs, undefined, { ref: false, signal })) await mind();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Number and birth, as a new file may get the number of one that was just removed. Empty: there is no file. */
function identity(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  return file === undefined ? '' : `${file.ino} ${file.birthtimeNs}`;
}
