import type { PodRef } from '../../ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../ipam/pod-facts.ts';

/** Pods as KubeVirt makes them for the instance `vm`; those named `…-target-…` are where a live migration moves it. */
export const launchers = {
  async podOf({ name, uid }: PodRef): Promise<PodFacts['pod']> {
    const target = name.includes('-target-') ? { 'kubevirt.io/migrationJobUID': 'uid-of-migration' } : {};
    return {
      uid,
      labels: { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/domain': 'vm', ...target },
      annotations: {},
      controller: { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm', uid: 'uid-of-vmi' },
    };
  },
  async factsOf(pod: PodRef): Promise<PodFacts> {
    return { pod: await launchers.podOf(pod), namespace: { labels: {}, annotations: {} }, node: { labels: {} } };
  },
} satisfies PodFactsSource;
