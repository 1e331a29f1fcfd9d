import { createCniHandler } from '../../cni/handler.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';
import type { Labels } from '../../resources/label-selector.ts';
import type { PoolSpec } from '../../resources/pool.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { Daemon } from '../daemon.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { Cluster, events } from './cluster.ts';
import { pool } from './world.ts';

/** The configuration of kube-ipam's README, but for the comma that is missing there. */
export const published = {
  cniVersion: '0.3.1',
  name: 'k8snetwork',
  type: 'macvlan',
  master: 'eth1',
  ipam: {
    name: 'kube-subnet',
    type: 'kube-ipam',
    kubeConfig: '/etc/kubernetes/pki/kubectl.kubeconfig',
    etcdConfig: {
      etcdURL: 'https://192.168.1.50:2379,https://192.168.1.58:2379,https://192.168.1.63:2379',
      etcdCertFile: '/etc/kubernetes/pki/etcd.pem',
      etcdKeyFile: '/etc/kubernetes/pki/etcd-key.pem',
      etcdTrustedCAFileFile: '/etc/kubernetes/pki/ca.pem',
    },
    subnet: '10.188.0.0/16',
    rangeStart: '10.188.0.10',
    rangeEnd: '10.188.0.200',
    gateway: '10.188.0.1',
    routes: [{ dst: '0.0.0.0/0' }],
  },
};
export const fixedIp = {
  'kube-ipam.ip': '10.188.0.216',
  'kube-ipam.netmask': '255.255.0.0',
  'kube-ipam.gateway': '10.188.0.1',
};
const office: PoolSpec = {
  subnet: '10.6.0.0/24',
  ips: ['10.6.0.10-10.6.0.20'],
  fixedIPs: ['10.6.0.100-10.6.0.109'],
  gateway: '10.6.0.1',
};

/** Pods by name: `web-5d8f-x` is of Deployment web, `db-0` of StatefulSet db, `lone` of nobody. */
export class Applications implements PodFactsSource {
  /** Of each owner's template. */
  readonly templates = new Map<string, Labels>();
  /** Annotations of the namespace of all of them. */
  namespace: Labels = {};

  async podOf({ name, uid }: PodRef): Promise<PodFacts['pod']> {
    const parts = name.split('-');
    const [owner = ''] = parts;
    const annotations = this.templates.get(owner) ?? {};
    const of = { uid, labels: {}, annotations };
    if (parts.length === 1) return of;
    const isDeployment = parts.length === 3;
    const kept = isDeployment
      ? { kind: 'ReplicaSet', name: parts.slice(0, 2).join('-') }
      : { kind: 'StatefulSet', name: owner };
    const labels = isDeployment ? { 'pod-template-hash': parts[1] ?? '' } : {};
    return { ...of, labels, controller: { apiVersion: 'apps/v1', uid: `uid-${owner}`, ...kept } };
  }

  async namespaceOf(): Promise<PodFacts['namespace']> {
    return { labels: {}, annotations: this.namespace };
  }

  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await this.podOf(pod), namespace: await this.namespaceOf(), node: { labels: {} } };
  }
}

/** A call of a runtime, beside its verb and the name of its Pod. */
interface Call {
  /** As text: as it stands. */
  readonly network?: object | string;
  readonly ifname?: string;
  readonly id?: string;
  /** The executable's name. */
  readonly program?: string;
}

interface Answer {
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
  readonly ips?: readonly { readonly address: string; readonly gateway?: string }[];
}

/** A node's runtime. */
export class Runtime {
  readonly daemon: Daemon;
  readonly #handle: ReturnType<typeof createCniHandler>;

  constructor(daemon: Daemon) {
    this.daemon = daemon;
    this.#handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => '' });
  }

  async call(verb: string, podName: string, more: Call = {}): Promise<Answer> {
    const { network = published, ifname = 'eth0', id = podName, program = 'kube-ipam' } = more;
    const environment = new Map([
      ['CNI_COMMAND', verb],
      ['CNI_CONTAINERID', id],
      ['CNI_IFNAME', ifname],
      ['CNI_NETNS', `/run/netns/${id}`],
      ['CNI_ARGS', `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${podName};K8S_POD_UID=uid-of-${id}`],
    ]);
    const stdin = Buffer.from(typeof network === 'string' ? network : JSON.stringify(network));
    const execution = { id: '', interface: 'absent' } as const;
    const answer = await this.#handle({
      program,
      environment,
      stdin,
      execution,
      canRead: false,
      ran: undefined,
    });
    await events();
    if (answer.type !== 'print') throw new Error(`it asks for ${answer.type}`);
    return (answer.stdout === '' ? {} : JSON.parse(answer.stdout)) as Answer;
  }

  async add(podName: string, more?: Call): Promise<string> {
    const { ips, msg, details } = await this.call('ADD', podName, more);
    if (ips === undefined) return details === undefined ? `${msg}` : `${msg}; ${details}`;
    return ips.map(({ address, gateway }) => `${address} via ${gateway}`).join(', ');
  }

  async del(podName: string, more?: Call): Promise<void> {
    await this.call('DEL', podName, more);
  }
}

/** Two nodes, and pool `office` for both. */
export async function world(options: Partial<DaemonOptions> = {}) {
  const c = new Cluster();
  const apps = new Applications();
  const told = { podFacts: apps, ...options };
  const [one, two] = [await c.node('node1', told), await c.node('node2', told)];
  await one.daemon.resources.apply(pool('office', { ...office, default: true }));
  await events();
  return { c, apps, one: new Runtime(one.daemon), two: new Runtime(two.daemon) };
}

/** Another network, of pools that people make. */
export const plain = { cniVersion: '1.0.0', name: 'plain', type: 'macvlan', ipam: { type: 'ipam-plugin' } };
