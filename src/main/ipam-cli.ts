import { createInterface } from 'node:readline/promises';
import { CommanderError } from 'commander';
import { stringify } from 'yaml';
import { CliError } from '../cli/cli-error.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { isData } from '../cli/output.ts';
import { buildProgram } from '../cli/program.ts';
import { IpamError } from '../resources/errors.ts';
import { version } from './version.ts';

/** Is a line of progress there, which what is printed next must not stand behind? */
let hasProgress = false;
const warned = new Set<string>();

function progress(line: string): void {
  if (line === '' && !hasProgress) return;
  process.stderr.write(`\r\x1b[K${line}`);
  hasProgress = line !== '';
}

const program = buildProgram(
  {
    print: (text) => {
      progress('');
      process.stdout.write(text);
    },
    // Once: what is asked again and again is missing again and again.
    warn: (text) => {
      progress('');
      if (!warned.has(text)) process.stderr.write(`warning: ${text}\n`);
      warned.add(text);
    },
    note: (text) => {
      progress('');
      process.stderr.write(`${text}\n`);
    },
    progress: process.stderr.isTTY === true ? progress : undefined,
    isTerminal: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    confirm: process.stdout.isTTY === true && process.stdin.isTTY === true ? confirm : undefined,
    width: process.stdout.isTTY === true ? process.stdout.columns : undefined,
    setExit: (code) => {
      process.exitCode = code;
    },
  },
  version,
  // Of the launcher that is kubectl's plugin.
  process.env.BERTH_CLI_NAME,
);

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** Commander's own text of a usage error, for which the format may ask otherwise. */
let usageText = '';

function exitOnUsage(command: typeof program): void {
  command.exitOverride().configureOutput({
    writeErr: (text) => {
      usageText += text;
    },
  });
  for (const inner of command.commands) exitOnUsage(inner);
}

/** Asked of the words themselves: what is wrong with them may have kept them from being read. */
function errorFormat(): 'json' | 'yaml' | undefined {
  const words = process.argv.slice(2);
  const at = words.findLastIndex((word) => /^(-o|--output)/.test(word));
  const [word = '', next = ''] = words.slice(at);
  const named = at < 0 ? '' : /^(-o|--output)$/.test(word) ? next : word.replace(/^(-o=?|--output=)/, '');
  return named === 'json' || named === 'yaml' ? named : undefined;
}

function fail(error: { message: string; code: string; advice: string }, exit: number): void {
  process.exitCode = exit;
  const data = { error: error.message, code: error.code, hint: error.advice };
  const format = errorFormat();
  if (format === 'json') process.stderr.write(`${JSON.stringify(data)}\n`);
  else if (format === 'yaml') process.stderr.write(stringify(data));
  else process.stderr.write(`error: ${error.message}\n${error.advice === '' ? '' : `hint: ${error.advice}\n`}`);
}

/** Help and version are no errors; of the others the text says what is wrong, and sometimes what was meant. */
function endedByCommander({ exitCode, code, message }: CommanderError): void {
  process.exitCode = exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (exitCode === 0) return;
  const isHelp = code === 'commander.help';
  const [first = '', ...rest] = isHelp ? ['no command is named'] : message.replace(/^error: /, '').split('\n');
  if (isData({ format: errorFormat() ?? 'table' })) {
    fail({ message: first, code: 'usage', advice: rest.join(' ').trim() || 'ipam-cli --help' }, exitCodes.usage);
  } else process.stderr.write(usageText);
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
  if (error instanceof CommanderError) endedByCommander(error);
  else if (error instanceof CliError) fail(error, error.exit);
  else if (error instanceof IpamError) fail(error, exitCodes.usage);
  else {
    // A fault of ours. Node.js would show the line where it was thrown, and a line of a bundled program is all of it.
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = exitCodes.failed;
  }
}
