import { CommanderError } from 'commander';
import { CliError } from '../cli/cli-error.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { buildProgram } from '../cli/program.ts';
import { IpamError } from '../resources/errors.ts';
import { version } from './version.ts';

const program = buildProgram(
  {
    print: (text) => void process.stdout.write(text),
    warn: (text) => void process.stderr.write(`warning: ${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    isTerminal: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    setExit: (code) => {
      process.exitCode = code;
    },
  },
  version,
);

function exitOnUsage(command: typeof program): void {
  command.exitOverride();
  for (const inner of command.commands) exitOnUsage(inner);
}

function fail(error: { message: string; code: string; advice: string }, exit: number): void {
  process.exitCode = exit;
  if (program.opts().output === 'json')
    process.stderr.write(`${JSON.stringify({ error: error.message, code: error.code, hint: error.advice })}\n`);
  else process.stderr.write(`error: ${error.message}\n${error.advice === '' ? '' : `hint: ${error.advice}\n`}`);
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

exitOnUsage(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else if (error instanceof CliError) fail(error, error.exit);
  else if (error instanceof IpamError) fail(error, exitCodes.usage);
  else throw error;
}
