import { join } from 'node:path';
import { bin, referencePlugins } from './paths.ts';
import { run } from './run.ts';

export interface CniResult {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON; empty when it is none. */
  readonly json: CniOutput;
}

/** What a result or an error may have, of every version. */
export interface CniOutput {
  readonly cniVersion?: string;
  readonly ips?: readonly { readonly version?: string; readonly address: string; readonly gateway?: string }[];
  readonly ip4?: { readonly ip: string; readonly gateway?: string; readonly routes?: readonly object[] };
  readonly ip6?: { readonly ip: string; readonly gateway?: string; readonly routes?: readonly object[] };
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
  readonly dns?: object;
  readonly interfaces?: readonly { readonly name: string; readonly sandbox?: string }[];
  readonly supportedVersions?: readonly string[];
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
}

export interface CniParameters {
  readonly command: string;
  readonly containerId?: string;
  readonly netns?: string;
  readonly ifname?: string;
  readonly args?: string;
  readonly path?: string;
  /** More variables, or others than above. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** A script for `program` to run. */
  readonly script?: string;
  /** Network namespace that is the host's for the plugin. */
  readonly hostNetns?: string;
}

/** Executes a CNI plugin the way a runtime does. `program` is a name in bin/ or an absolute path. */
export async function cni(program: string, config: unknown, parameters: CniParameters): Promise<CniResult> {
  const {
    command,
    containerId,
    netns,
    ifname = 'eth0',
    args,
    path = `${bin}:${referencePlugins}`,
    env = {},
    uid,
    script,
    hostNetns,
  } = parameters;
  const variables: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    CNI_COMMAND: command,
    CNI_PATH: path,
    CNI_IFNAME: ifname,
    ...(containerId === undefined ? {} : { CNI_CONTAINERID: containerId }),
    ...(netns === undefined ? {} : { CNI_NETNS: netns }),
    ...(args === undefined ? {} : { CNI_ARGS: args }),
    ...env,
  };
  const stdin = typeof config === 'string' || Buffer.isBuffer(config) ? config : JSON.stringify(config);
  const line = [program.startsWith('/') ? program : join(bin, program), ...(script === undefined ? [] : [script])];
  const [executable = '', ...rest] = hostNetns === undefined ? line : ['nsenter', `--net=${hostNetns}`, ...line];
  const finished = await run(executable, rest, {
    env: variables,
    stdin,
    ...(uid === undefined ? {} : { uid }),
  });
  return { ...finished, json: parsed(finished.stdout) };
}

function parsed(text: string): CniOutput {
  try {
    return JSON.parse(text) as CniOutput;
  } catch {
    return {};
  }
}
