import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Stands in for Multus in a walk-through: a CNI plugin that calls the node's own network for eth0, then that of each
 * NetworkAttachmentDefinition that the Pod names, as Multus does. What it called is kept for DEL.
 */
interface Configuration {
  readonly cniVersion: string;
  /** Of the node's own network: a configuration list with one plugin. */
  readonly clusterNetwork: string;
  readonly kubectl: readonly string[];
}

interface Delegate {
  readonly ifname: string;
  readonly network: { readonly type: string };
}

const kept = '/var/lib/cni/multus';
const {
  CNI_COMMAND: verb = '',
  CNI_CONTAINERID: container = '',
  CNI_ARGS: args = '',
  CNI_PATH: path = '',
} = process.env;
const configuration = JSON.parse(readFileSync(0, 'utf8')) as Configuration;
const file = join(kept, `${container}.json`);

try {
  if (verb === 'ADD') process.stdout.write(add());
  else if (verb === 'DEL') del();
  else if (verb === 'VERSION')
    process.stdout.write(JSON.stringify({ cniVersion: '0.4.0', supportedVersions: ['0.3.1', '0.4.0'] }));
} catch (error) {
  const { cniVersion } = configuration;
  process.stdout.write(JSON.stringify({ cniVersion, code: 999, msg: (error as Error).message }));
  process.exitCode = 1;
}

/** @returns eth0's result */
function add(): string {
  const delegates: readonly Delegate[] = [{ ifname: 'eth0', network: clusterNetwork() }, ...attachments()];
  mkdirSync(kept, { recursive: true });
  writeFileSync(file, JSON.stringify(delegates));
  const [first = ''] = delegates.map((delegate) => call('ADD', delegate));
  return first;
}

function del(): void {
  if (!existsSync(file)) return;
  for (const delegate of (JSON.parse(readFileSync(file, 'utf8')) as Delegate[]).reverse()) call('DEL', delegate);
  rmSync(file);
}

function clusterNetwork(): Delegate['network'] {
  const { name, cniVersion, plugins } = JSON.parse(readFileSync(configuration.clusterNetwork, 'utf8')) as {
    readonly name: string;
    readonly cniVersion: string;
    readonly plugins: readonly [Delegate['network']];
  };
  return { ...plugins[0], ...{ name, cniVersion } };
}

function attachments(): readonly Delegate[] {
  const named = (key: string): string => new RegExp(`(?:^|;)${key}=([^;]+)`).exec(args)?.[1] ?? '';
  const namespace = named('K8S_POD_NAMESPACE');
  const pod = get('pod', namespace, named('K8S_POD_NAME')) as {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  };
  const networks = pod.metadata.annotations?.['k8s.v1.cni.cncf.io/networks'] ?? '';
  return networks
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one, index) => {
      const [name = '', of = namespace] = one.trim().split('/').reverse();
      const { spec } = get('network-attachment-definition', of, name) as { readonly spec: { readonly config: string } };
      return { ifname: `net${index + 1}`, network: JSON.parse(spec.config) as Delegate['network'] };
    });
}

function get(kind: string, namespace: string, name: string): unknown {
  const [program = '', ...own] = configuration.kubectl;
  return JSON.parse(
    execFileSync(program, [...own, 'get', kind, '-n', namespace, name, '-o', 'json'], { encoding: 'utf8' }),
  );
}

function call(command: 'ADD' | 'DEL', { ifname, network }: Delegate): string {
  const { status, stdout, stderr } = spawnSync(join(path, network.type), {
    env: { ...process.env, CNI_COMMAND: command, CNI_IFNAME: ifname },
    input: JSON.stringify(network),
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  throw new Error(`${command} of ${ifname}: ${stdout}${stderr}`);
}
