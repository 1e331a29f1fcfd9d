import { readFileSync, writeFileSync } from 'node:fs';
import { IpamError } from '../resources/errors.ts';
import { reopenLogs } from '../telemetry/pino.ts';

/** The text of a configuration file and its name for errors; without a file an empty one. @throws IpamError invalid-config */
export function configText(file: string | undefined): readonly [text: string, source: string] {
  return file === undefined ? ['', 'configuration'] : [textOfFile(file, '--config'), file];
}

/** @param flag that names it @throws IpamError invalid-config */
export function textOfFile(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-config', `${flag} ${file}: ${(error as Error).message}`);
  }
}

/** Runs a program; what its user can mend ends it with a message, status 2 for wrong flags or configuration, else 1. */
export function runProgram(name: string, main: () => Promise<void>): void {
  // From the first moment on: what rotates logs, and a terminal that closes, do not end a server.
  process.on('SIGHUP', reopenLogs);
  nameProcess(name);
  main().catch((error: unknown) => {
    if (!(error instanceof IpamError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n${error.advice === '' ? '' : `hint: ${error.advice}\n`}`);
    process.exit(error.code === 'invalid-config' ? 2 : 1);
  });
}

/** For `ps` and `pgrep`, which show Node.js's "MainThread" otherwise. `process.title` would hide the flags. */
function nameProcess(name: string): void {
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // Not Linux, or no /proc: it works without a name as well.
  }
}
