import { Applications, Runtime } from '../../src/daemon/testing/asking-world.ts';
import { Cluster, events } from '../../src/daemon/testing/cluster.ts';
import { parseAddress } from '../../src/ip/address.ts';
import { parseManifest } from '../../src/resources/manifest.ts';
import { type BadPod, plainNetwork } from './bad-pod.ts';
import { presentPools } from './bad-pods.ts';

/** What a runtime hears of the Pods of `bad-pods.ts`, each of them Pod shop/lone; undefined: it gets an address. */
export type TryPod = (
  bad: Omit<BadPod, 'what'>,
) => Promise<{ readonly says: string; readonly advice: string } | undefined>;

/** A node with what `presentPools` has; of pool blue Pod shop/other has an address, and one is kept for Deployment api. */
export async function startTrying(): Promise<TryPod> {
  const apps = new Applications();
  const { daemon } = await new Cluster().node('node1', { podFacts: apps });
  for (const resource of parseManifest(presentPools, 'present')) await daemon.resources.apply(resource);
  await daemon.administration.quarantine(parseAddress('10.6.0.91'), 'a camera answers ARP');
  await events();
  const runtime = new Runtime(daemon);
  const call = (verb: string, podName: string, network = plainNetwork) =>
    runtime.call(verb, podName, {
      network,
      program: network.includes('"kube-ipam"') ? 'kube-ipam' : 'spiderpool',
    });
  apps.templates.set('other', { 'kube-ipam.ip': '10.6.0.42' });
  await call('ADD', 'other');
  apps.templates.set('api', { 'kube-ipam.ip': '10.6.0.43' });
  await call('ADD', 'api-5d8f-x');
  await call('DEL', 'api-5d8f-x');
  return async ({ annotations = {}, namespace = {}, network }) => {
    apps.templates.set('lone', annotations);
    apps.namespace = namespace;
    const { msg, details = '' } = await call('ADD', 'lone', network);
    await call('DEL', 'lone', plainNetwork);
    return msg === undefined ? undefined : { says: msg, advice: details };
  };
}
