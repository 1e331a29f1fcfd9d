/*
 * What the executable for machines without a C compiler does besides when it is called kube-ipam; shim/kube-ipam.h is the
 * same in C, and test/cni/kube-ipam.test.ts compares the two.
 */

export const kubeIpamLog = '/var/log/kube-ipam.log';
/** Nobody turns it over: past this many bytes it is begun anew, and one that was full is kept beside it. */
export const kubeIpamLogLimit = 16 * 1024 * 1024;
/** Most bytes of one line. */
const lineLimit = 8_191;

export interface ProgramOutput {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a main plugin has beside `ipam`, from its type on. */
const mainPlugins: Readonly<Record<string, string>> = {
  macvlan: '  "type": "macvlan",\n  "master": "eth0",\n',
  ipvlan: '  "type": "ipvlan",\n  "master": "eth0",\n',
  bridge: '  "type": "bridge",\n  "bridge": "cni0",\n  "isGateway": true,\n',
  ptp: '  "type": "ptp",\n',
  'kube-router': '  "type": "bridge",\n  "bridge": "kube-bridge",\n  "isDefaultGateway": true,\n',
  calico:
    '  "type": "calico",\n  "datastore_type": "kubernetes",\n  "nodename": "NODE",\n' +
    '  "policy": { "type": "k8s" },\n  "kubernetes": { "kubeconfig": "/etc/cni/net.d/calico-kubeconfig" },\n',
};

const ipamSection = `  "ipam": {
    "name": "kube-subnet",
    "type": "kube-ipam",
    "kubeConfig": "/etc/kubernetes/pki/kubectl.kubeconfig",
    "etcdConfig": {
      "etcdURL": "https://192.168.1.50:2379,https://192.168.1.58:2379,https://192.168.1.63:2379",
      "etcdCertFile": "/etc/kubernetes/pki/etcd.pem",
      "etcdKeyFile": "/etc/kubernetes/pki/etcd-key.pem",
      "etcdTrustedCAFileFile": "/etc/kubernetes/pki/ca.pem"
    },
    "subnet": "10.188.0.0/16",
    "rangeStart": "10.188.0.10",
    "rangeEnd": "10.188.0.200",
    "gateway": "10.188.0.1",
    "routes": [{ "dst": "0.0.0.0/0" }],
    "resolvConf": "/etc/resolv.conf"
  }`;

const usage = `Usage of kube-ipam, which container runtimes call with CNI variables:
    -help
          this text
    -outputconf string
          a configuration for macvlan, ipvlan, bridge, ptp, kube-router or calico
    -version
          the version of this program
`;

/** Its options may have one dash or two, and their value behind a blank or "=", as with Go's. */
export function kubeIpamOutput([first = '', second]: readonly string[], version: string): ProgramOutput {
  const [, option = '', inline] = /^--?([^=]+)(?:=(.*))?$/.exec(first) ?? [];
  if (option === 'help' || option === 'h') return { exit: 0, stdout: usage, stderr: '' };
  if (option === 'version') {
    return { exit: 0, stdout: `  Version: berth ${version}, in the place of kube-ipam v0.2.0\n`, stderr: '' };
  }
  const plugin = inline ?? second;
  if (option === 'outputconf' && plugin !== undefined) return configurationFor(plugin);
  return { exit: 2, stdout: '', stderr: `kube-ipam: ${first}: no such option, or its value is missing\n${usage}` };
}

function configurationFor(plugin: string): ProgramOutput {
  const keys = Object.hasOwn(mainPlugins, plugin) ? mainPlugins[plugin] : undefined;
  if (keys === undefined) {
    const known = Object.keys(mainPlugins).join(', ');
    const stderr = `kube-ipam: there is no configuration for "${plugin}"; there is one for ${known}\n`;
    return { exit: 2, stdout: '', stderr };
  }
  return {
    exit: 0,
    stdout: `{\n  "cniVersion": "0.3.1",\n  "name": "k8snetwork",\n${keys}${ipamSection}\n}\n`,
    stderr: 'for /etc/cni/net.d/1-kube-ipam.conf:\n',
  };
}

/**
 * One line for what an ADD or a DEL came to, and for whatever failed. @returns undefined: nothing is written
 * @param at milliseconds since 1970
 */
export function kubeIpamLogLine(
  environment: ReadonlyMap<string, string>,
  outcome: { readonly exit: number; readonly stdout: string },
  at: number,
): string | undefined {
  const of = (name: string): string => environment.get(name) ?? '';
  const command = of('CNI_COMMAND');
  if (outcome.exit === 0 && command !== 'ADD' && command !== 'DEL') return undefined;
  const when = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const head = `${command} of ${of('CNI_IFNAME')} in container ${of('CNI_CONTAINERID')} (${of('CNI_ARGS')}):`;
  const text = quoted(outcome.stdout === '' ? head : `${head} ${outcome.stdout}`);
  const line = `time="${when}" level=${outcome.exit === 0 ? 'info' : 'error'} msg="${text}`;
  return `${line.slice(0, lineLimit - 2)}"\n`;
}

/** Runs of blanks and line ends become one blank. */
function quoted(text: string): string {
  return text
    .replace(/[\0- ]+/g, ' ')
    .trim()
    .replace(/["\\]/g, '\\$&');
}
