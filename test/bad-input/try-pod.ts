import { createCniHandler } from '../../src/cni/handler.ts';
import { Cluster, events } from '../../src/daemon/testing/cluster.ts';
import { parseAddress } from '../../src/ip/address.ts';
import type { PodRef } from '../../src/ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../src/ipam/pod-facts.ts';
import { parseManifest } from '../../src/resources/manifest.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type BadPod, plainNetwork } from './bad-pod.ts';
import { presentPools } from './bad-pods.ts';

type Texts = Readonly<Record<string, string>>;

/** Pods of namespace shop: `api-5d8f-x` is of Deployment api, others of nobody. */
class Facts implements PodFactsSource {
  annotations: Texts = {};
  namespace: Texts = {};

  async podOf({ name, uid }: PodRef): Promise<PodFacts['pod']> {
    const [owner, hash] = name.split('-');
    const of = { uid, annotations: this.annotations };
    if (hash === undefined) return { ...of, labels: {} };
    const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${owner}-${hash}`, uid: `of-${owner}` };
    return { ...of, labels: { 'pod-template-hash': hash }, controller };
  }

  async namespaceOf(): Promise<PodFacts['namespace']> {
    return { labels: {}, annotations: this.namespace };
  }

  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await this.podOf(pod), namespace: await this.namespaceOf(), node: { labels: {} } };
  }
}

/** What a runtime hears of the Pods of `bad-pods.ts`, each of them Pod shop/lone; undefined: it gets an address. */
export type TryPod = (
  bad: Omit<BadPod, 'what'>,
) => Promise<{ readonly says: string; readonly advice: string } | undefined>;

/** A node with what `presentPools` has; of pool blue Pod shop/other has an address, and one is kept for Deployment api. */
export async function startTrying(): Promise<TryPod> {
  const facts = new Facts();
  const { daemon } = await new Cluster().node('node1', { podFacts: facts });
  for (const resource of parseManifest(presentPools, 'present')) await daemon.resources.apply(resource);
  await daemon.administration.quarantine(parseAddress('10.6.0.91'), 'a camera answers ARP');
  await events();
  const handle = createCniHandler({ ipam: daemon.ipam, log: silentLog, readFile: async () => '' });
  const call = async (verb: string, podName: string, network = plainNetwork) => {
    const environment = new Map([
      ['CNI_COMMAND', verb],
      ['CNI_CONTAINERID', podName],
      ['CNI_IFNAME', 'eth0'],
      ['CNI_NETNS', `/run/netns/${podName}`],
      ['CNI_ARGS', `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${podName};K8S_POD_UID=uid-of-${podName}`],
    ]);
    const program = network.includes('"kube-ipam"') ? 'kube-ipam' : 'spiderpool';
    const execution = { id: '', interface: 'absent' } as const;
    const answer = await handle({
      program,
      environment,
      stdin: Buffer.from(network),
      execution,
      canRead: false,
      ran: undefined,
    });
    await events();
    if (answer.type !== 'print') throw new Error(`it asks for ${answer.type}`);
    return answer.stdout === '' ? {} : (JSON.parse(answer.stdout) as { msg?: string; details?: string });
  };
  facts.annotations = { 'kube-ipam.ip': '10.6.0.42' };
  await call('ADD', 'other');
  facts.annotations = { 'kube-ipam.ip': '10.6.0.43' };
  await call('ADD', 'api-5d8f-x');
  await call('DEL', 'api-5d8f-x');
  return async ({ annotations = {}, namespace = {}, network }) => {
    Object.assign(facts, { annotations, namespace });
    const { msg, details = '' } = await call('ADD', 'lone', network);
    await call('DEL', 'lone', plainNetwork);
    return msg === undefined ? undefined : { says: msg, advice: details };
  };
}
