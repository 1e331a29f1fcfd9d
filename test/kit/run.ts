import { spawn } from 'node:child_process';

export interface Finished {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  readonly uid?: number;
}

/** Runs a program to its end, whatever the end. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env: options.env === undefined ? process.env : { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    // A program that does not read all of its input closes it on us; its exit status says the rest.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('close', (exit, signal) => {
      resolve({ exit, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** Runs a program that must succeed. @returns its standard output */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exit, signal, stdout, stderr } = await run(program, args, options);
  if (exit === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${exit ?? signal}: ${stderr}${stdout}`);
}
