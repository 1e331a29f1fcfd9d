import type { CniExecution, InterfacePresence } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';

/**
 * What the native shim sends for one execution: fields of `<name> <byte length>\n<bytes>\n`, so that neither
 * side quotes or parses anything but numbers.
 */
export interface CniCall {
  /** The name the executable was called by: tells IPAM plugin from main plugin. */
  readonly program: string;
  /** All variables whose names begin with CNI_. */
  readonly environment: ReadonlyMap<string, string>;
  readonly stdin: Buffer;
  readonly execution: CniExecution;
  /** Does the executable read files for the daemon? One of an earlier version does not. */
  readonly canRead: boolean;
  /** On the way back from what the answer before asked to be done. */
  readonly ran: ProgramRun | undefined;
}

/** A program that was run, or a file that was read: then `exit` is 0, and `stdout` what is in it, or 1, and why it cannot be read. */
export interface ProgramRun {
  /** What the answer called this step. */
  readonly step: string;
  /** Exit status; 127 when the program is in no directory of CNI_PATH: then `stdout` is where else it is, or empty. */
  readonly exit: number;
  readonly stdout: Buffer;
}

/** What the shim is to do: print and exit, or run a program or read a file and come back. */
export type CniAnswer =
  | { readonly type: 'print'; readonly exit: number; readonly stdout: string }
  | {
      readonly type: 'run';
      readonly program: string;
      readonly command: string;
      readonly step: string;
      readonly stdin: string;
    }
  | { readonly type: 'read'; readonly path: string; readonly step: string };

export const cniContentType = 'application/x-berth-cni';

/** Most fields of one call: variables, name, input, the two of the execution, what it can, the three of a step. */
const fieldLimit = 67;
/** What an executable may call its execution. */
const executionForm = /^[A-Za-z0-9]{1,32}$/;
const presences: ReadonlySet<string> = new Set<InterfacePresence>(['present', 'absent', 'unknown']);

/** @throws IpamError invalid-argument */
export function decodeCall(body: Buffer): CniCall {
  const environment = new Map<string, string>();
  const single = new Map<string, Buffer>();
  for (const { name, value } of fieldsOf(body)) {
    if (name !== 'env') {
      single.set(name, value);
      continue;
    }
    const text = value.toString();
    const equals = text.indexOf('=');
    if (equals < 1) throw malformed(`variable ${JSON.stringify(text)} has no "="`);
    environment.set(text.slice(0, equals), text.slice(equals + 1));
  }
  const step = single.get('step');
  const exit = single.get('exit')?.toString() ?? '1';
  if (!/^\d{1,3}$/.test(exit)) throw malformed(`${JSON.stringify(exit)} is no exit status`);
  return {
    program: single.get('argv0')?.toString() ?? '',
    environment,
    stdin: single.get('stdin') ?? Buffer.alloc(0),
    execution: executionOf(single.get('execution')?.toString() ?? '', single.get('interface')?.toString() ?? 'unknown'),
    canRead: single.get('can')?.toString() === 'read',
    ran:
      step === undefined
        ? undefined
        : {
            step: step.toString(),
            exit: Number(exit),
            stdout: single.get('stdout') ?? Buffer.alloc(0),
          },
  };
}

/** An executable of an earlier version tells neither. */
function executionOf(id: string, presence: string): CniExecution {
  if (id !== '' && !executionForm.test(id)) throw malformed(`${JSON.stringify(id)} names no execution`);
  if (!isPresence(presence)) throw malformed(`an interface is not ${JSON.stringify(presence)}`);
  return { id, interface: presence };
}

function isPresence(text: string): text is InterfacePresence {
  return presences.has(text);
}

export function encodeCall(call: CniCall): Buffer {
  const fields: [string, Buffer | string][] = [['argv0', call.program]];
  for (const [name, value] of call.environment) fields.push(['env', `${name}=${value}`]);
  fields.push(['stdin', call.stdin], ['interface', call.execution.interface]);
  if (call.execution.id !== '') fields.push(['execution', call.execution.id]);
  if (call.canRead) fields.push(['can', 'read']);
  if (call.ran !== undefined) {
    fields.push(['step', call.ran.step], ['exit', String(call.ran.exit)], ['stdout', call.ran.stdout]);
  }
  return Buffer.concat(
    fields.flatMap(([name, value]) => {
      const bytes = Buffer.from(value);
      return [Buffer.from(`${name} ${bytes.length}\n`), bytes, Buffer.from('\n')];
    }),
  );
}

/** An answer as HTTP headers and a body. */
export function encodeAnswer(answer: CniAnswer): { readonly headers: Record<string, string>; readonly body: string } {
  if (answer.type === 'print') return { headers: { 'berth-exit': String(answer.exit) }, body: answer.stdout };
  // In the body, which takes a path of any bytes.
  if (answer.type === 'read')
    return { headers: { 'berth-read': 'body', 'berth-step': answer.step }, body: answer.path };
  const { program, command, step, stdin } = answer;
  return { headers: { 'berth-run': program, 'berth-command': command, 'berth-step': step }, body: stdin };
}

/** @throws IpamError invalid-argument */
export function decodeAnswer(headers: Readonly<Record<string, unknown>>, body: string): CniAnswer {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const exit = header('berth-exit');
  if (exit !== undefined) return { type: 'print', exit: Number(exit), stdout: body };
  const [program, command, step] = [header('berth-run'), header('berth-command'), header('berth-step')];
  if (header('berth-read') !== undefined && step !== undefined) return { type: 'read', path: body, step };
  if (program === undefined || command === undefined || step === undefined)
    throw malformed('the answer says neither exit nor run nor read');
  return { type: 'run', program, command, step, stdin: body };
}

function* fieldsOf(body: Buffer): Generator<{ name: string; value: Buffer }> {
  let at = 0;
  for (let count = 0; at < body.length; count += 1) {
    if (count === fieldLimit) throw malformed(`more than ${fieldLimit} fields`);
    const end = body.indexOf(0x0a, at);
    const [, name, digits] = /^([a-z0-9]+) (\d{1,9})$/.exec(body.toString('latin1', at, end < 0 ? at : end)) ?? [];
    if (name === undefined) throw malformed(`no field begins at byte ${at}`);
    const start = end + 1;
    const next = start + Number(digits);
    if (next >= body.length || body[next] !== 0x0a) throw malformed(`field "${name}" does not end where it says`);
    yield { name, value: body.subarray(start, next) };
    at = next + 1;
  }
}

function malformed(why: string): IpamError {
  return new IpamError('invalid-argument', `malformed CNI call: ${why}`, {
    advice: 'install the ipam-plugin executable of this version',
  });
}
