import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Stands in for Cilium's CNI plugin, `cilium-cni` with `ipam: delegated-plugin`, as far as an IPAM plugin can tell: whom it calls and
 * when, with which standard input and environment, what it takes of the answer, and what it does when something fails afterwards. Cilium
 * itself cannot run here (it needs its agent and eBPF programs). Where the agent answers ARP and neighbour discovery for its router and
 * has a route to each endpoint, there are fixed neighbours and routes of the host.
 *
 *     cilium-cni.ts ROUTER-IPV4 ROUTER-IPV6      "" for a family that the agent has turned off
 */
interface Address {
  readonly address: string;
}

interface Result {
  readonly interfaces?: readonly { readonly name: string; readonly sandbox?: string }[];
  readonly ips?: readonly (Address & { readonly interface?: number })[];
}

interface Configuration {
  readonly cniVersion: string;
  readonly name: string;
  readonly ipam?: { readonly type?: string; readonly pools?: unknown };
  readonly prevResult?: Result;
}

type Router = { readonly address: string; readonly any: string; readonly bits: 32 | 128 };

const {
  CNI_COMMAND: verb,
  CNI_CONTAINERID: container = '',
  CNI_NETNS: netns = '',
  CNI_IFNAME: ifname = '',
} = process.env;
const text = readFileSync(0, 'utf8');
const configuration = JSON.parse(text) as Configuration;
const [router4 = '', router6 = ''] = process.argv.slice(2);

try {
  // Its `ipam` is also what CiliumNode objects have there.
  if (Array.isArray(configuration.ipam?.pools))
    throw new Error('failed to load netconf: json: cannot unmarshal array into Go struct field IPAM.ipam.pools');
  if (verb === 'ADD') add();
  else if (verb === 'DEL') del();
  else if (verb === 'CHECK') check();
  else if (verb === 'VERSION') print({ cniVersion: '1.0.0', supportedVersions: ['0.3.1', '0.4.0', '1.0.0'] });
} catch (error) {
  print({ cniVersion: configuration.cniVersion, code: 999, msg: (error as Error).message });
  process.exitCode = 1;
}

function add(): void {
  if (configuration.prevResult !== undefined) throw new Error('CNI PrevResult supplied, but not in chaining mode');
  // It deletes what has the name of the interface before it asks for addresses.
  spawnSync('ip', ['-n', basename(netns), 'link', 'delete', ifname]);
  const ipam = JSON.parse(delegate('ADD')) as Result;
  try {
    print(wire(ipam));
  } catch (error) {
    delegate('DEL');
    throw error;
  }
}

function del(): void {
  // Before it opens the namespace, which may be gone.
  if ((configuration.ipam?.type ?? '') !== '') delegate('DEL');
  // It says so and succeeds: that would not become better.
  if (!existsSync(netns)) process.stderr.write(`Unable to enter namespace "${netns}", will not delete interface\n`);
  else spawnSync('ip', ['-n', basename(netns), 'link', 'delete', ifname]);
}

/** It looks at the interface itself and calls nobody. */
function check(): void {
  const { interfaces = [], ips = [] } = configuration.prevResult ?? {};
  const index = interfaces.findIndex(({ name, sandbox = '' }) => name === ifname && sandbox !== '');
  const shown = ip(['-n', basename(netns), '-j', 'address', 'show', 'dev', ifname]);
  const [link] = JSON.parse(shown) as {
    readonly addr_info: { readonly local: string; readonly prefixlen: number }[];
  }[];
  const has = (link?.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  for (const { address, interface: of } of ips) {
    if (of === index && !has.includes(address)) throw new Error(`expected ip ${address} on interface ${ifname}`);
  }
}

/** The CNI library's delegation: the program of that name in CNI_PATH, the same environment, and its own input as it came. */
function delegate(command: 'ADD' | 'DEL'): string {
  const type = configuration.ipam?.type ?? '';
  const program = (process.env.CNI_PATH ?? '')
    .split(':')
    .map((directory) => join(directory, type))
    .find((file) => type !== '' && existsSync(file));
  if (program === undefined) throw new Error(`failed to find plugin "${type}" in path [${process.env.CNI_PATH}]`);
  const called = spawnSync(program, { env: { ...process.env, CNI_COMMAND: command }, input: text, encoding: 'utf8' });
  if (called.status === 0) return called.stdout;
  throw new Error(`failed to invoke delegated plugin ${command} for IPAM: ${called.stdout}${called.stderr}`);
}

/** Of each family that the agent has on at most one address is taken, without its length; gateways and routes are its own. */
function wire({ ips = [] }: Result): object {
  const ofFamily = (is6: boolean) => ips.filter(({ address }) => address.includes(':') === is6).at(-1)?.address;
  const enabled: readonly (readonly [string | undefined, Router])[] = [
    [router6 === '' ? undefined : ofFamily(true), { address: router6, any: '::/0', bits: 128 }],
    [router4 === '' ? undefined : ofFamily(false), { address: router4, any: '0.0.0.0/0', bits: 32 }],
  ];
  const given = enabled.flatMap(([address, router]) =>
    address === undefined ? [] : [{ address: address.split('/')[0] ?? '', router }],
  );
  if (given.length === 0) throw new Error('IPAM did provide neither IPv4 nor IPv6 address');
  const host = `lxc${createHash('sha256').update(`${container}:${ifname}`).digest('hex').slice(0, 10)}`;
  const inside = basename(netns);
  ip(['link', 'add', host, 'type', 'veth', 'peer', 'name', ifname, 'netns', inside]);
  const mac = macOf(['link', 'show', host]);
  const lines = given.flatMap(({ address, router }) => [
    `address add ${address}/${router.bits} dev ${ifname} ${router.bits === 128 ? 'nodad' : ''}`,
    `neighbour replace ${router.address} lladdr ${mac} dev ${ifname} nud permanent`,
    `route add ${router.address}/${router.bits} dev ${ifname} scope link`,
    `route add ${router.any} via ${router.address} dev ${ifname}`,
  ]);
  batch(['-n', inside], [`link set ${ifname} up`, ...lines]);
  const routes = given.map(({ address, router }) => `route replace ${address}/${router.bits} dev ${host}`);
  batch([], [`link set ${host} up`, ...routes]);
  return {
    cniVersion: configuration.cniVersion,
    interfaces: [
      { name: host, mac },
      { name: ifname, mac: macOf(['-n', inside, 'link', 'show', ifname]), sandbox: netns },
    ],
    ips: given.map(({ address, router }) => ({
      ...(configuration.cniVersion < '1.0.0' ? { version: router.bits === 128 ? '6' : '4' } : {}),
      interface: 1,
      address: `${address}/${router.bits}`,
      gateway: router.address,
    })),
    routes: given.flatMap(({ router }) => [
      { dst: `${router.address}/${router.bits}` },
      { dst: router.any, gw: router.address },
    ]),
  };
}

function batch(where: readonly string[], lines: readonly string[]): void {
  execFileSync('ip', [...where, '-batch', '-'], { input: lines.join('\n'), stdio: ['pipe', 'ignore', 'pipe'] });
}

function macOf(show: readonly string[]): string {
  return /link\/ether (\S+)/.exec(ip(show))?.[1] ?? '';
}

function ip(args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function print(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
