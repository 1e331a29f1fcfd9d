import { IpamError } from '../resources/errors.ts';
import { errorAnswer } from './errors.ts';
import type { CniVersion, Verb } from './version.ts';
import { isAtLeast } from './version.ts';
import type { CniAnswer, CniCall, ProgramRun } from './wire.ts';

/** The reference plugin that wires the interface. It runs where the runtime called us, not in the daemon. */
const delegate = 'ptp';
const ipamPlugin = 'ipam-plugin';
/** Most bytes of a failed ADD's output that are kept over the DEL that follows. */
const failureLimit = 8 * 1024;
/** The newest version that every ptp in use speaks; Debian 12's knows no 1.1.0. */
const wirerVersion: CniVersion = '1.0.0';

export function isMainPlugin(program: string): boolean {
  return program === 'ipam-cni';
}

/**
 * `ipam-cni`: ADD, DEL and CHECK are ptp's work, with us as its IPAM plugin. When ADD fails, DEL runs before
 * the failure is returned, as the specification asks (section 4).
 * @returns undefined for the verbs that need no wiring
 */
export function mainPluginAnswer(
  verb: Verb,
  call: CniCall,
  config: Readonly<Record<string, unknown>>,
  version: CniVersion,
): CniAnswer | undefined {
  if (verb !== 'ADD' && verb !== 'DEL' && verb !== 'CHECK') return undefined;
  const { ran } = call;
  if (ran === undefined) return run(verb, 'wire', config, version);
  if (ran.exit === 127) return missingWirer(ran.stdout.toString(), version);
  if (ran.step === 'wire') {
    if (ran.exit === 0) return { type: 'print', exit: 0, stdout: inVersion(ran, version) };
    if (verb !== 'ADD') return failed(ran, version);
    // The step comes back in a header, so a failure that is longer than any error object is cut short.
    const failure = ran.stdout.subarray(0, failureLimit).toString('base64url');
    return run('DEL', `undo ${ran.exit} ${failure}`, config, version);
  }
  const [, exit = '1', stdout = ''] = ran.step.split(' ');
  const failure = { ...ran, exit: Number(exit), stdout: Buffer.from(stdout, 'base64url') };
  return failed(failure, version);
}

/** The delegate's own error object, or one that says how it ended without any. */
function failed(ran: ProgramRun, version: CniVersion): CniAnswer {
  const stdout = inVersion(ran, version);
  if (isErrorObject(stdout)) return { type: 'print', exit: ran.exit, stdout };
  const said = stdout.trim() === '' ? 'without a word' : `saying ${JSON.stringify(stdout.slice(0, 200))}`;
  const error = new IpamError('unsupported', `${delegate} ended with status ${ran.exit} ${said}`, {
    facts: { cniCode: 5 },
  });
  return errorAnswer(error, version);
}

function isErrorObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof (value as { code?: unknown } | null)?.code === 'number';
  } catch {
    return false;
  }
}

function run(verb: string, step: string, config: Readonly<Record<string, unknown>>, version: CniVersion): CniAnswer {
  const ipam = typeof config.ipam === 'object' && config.ipam !== null ? config.ipam : {};
  const cniVersion = wiredVersion(version);
  // A result of CHECK or DEL carries its version too, and ptp must know that one as well.
  const { prevResult } = config;
  const previous =
    typeof prevResult === 'object' && prevResult !== null ? { prevResult: { ...prevResult, cniVersion } } : {};
  const delegated = {
    ...config,
    ...previous,
    cniVersion,
    type: delegate,
    ipam: { ...ipam, type: ipamPlugin },
  };
  return { type: 'run', program: delegate, command: verb, step, stdin: JSON.stringify(delegated) };
}

function wiredVersion(version: CniVersion): CniVersion {
  return isAtLeast(version, wirerVersion) ? wirerVersion : version;
}

/** ptp answers in the version it was asked in; 1.1.0 has the same fields as 1.0.0 and some optional more. */
function inVersion({ stdout }: ProgramRun, version: CniVersion): string {
  const text = stdout.toString();
  if (version === wiredVersion(version)) return text;
  try {
    const result: unknown = JSON.parse(text);
    return `${JSON.stringify({ ...(result as object), cniVersion: version }, null, 4)}\n`;
  } catch {
    // Not a result: DEL and CHECK print nothing, and a crash prints what it likes.
    return text;
  }
}

/** @param elsewhere where the executable found it, outside of CNI_PATH; empty: nowhere */
function missingWirer(elsewhere: string, version: CniVersion): CniAnswer {
  const place = /^(\/[\w./-]+)\/[\w.-]+$/.exec(elsewhere)?.[1];
  const message = `ipam-cni wires interfaces with the plugin "${delegate}", which is in no directory of CNI_PATH`;
  const error =
    place === undefined
      ? new IpamError('invalid-config', message, {
          advice: 'install the reference CNI plugins (Debian: containernetworking-plugins, into /usr/lib/cni)',
        })
      : new IpamError('invalid-config', `${message}, but in ${place}`, {
          advice: `add ${place} to the plugin directories of the runtime, or link it: ln -s ${elsewhere} /opt/cni/bin/`,
        });
  return errorAnswer(error, version);
}
