import type { PodRef } from '../../src/ipam/attachment.ts';
import type { PodFacts, PodFactsSource } from '../../src/ipam/pod-facts.ts';
import { IpamError } from '../../src/resources/errors.ts';
import type { Labels } from '../../src/resources/label-selector.ts';
import { type EffectKind, effect } from './effect.ts';
import { applicationAddresses, controllerOf, isOfApplication } from './identities.ts';
import type { Lifetime } from './lifetime.ts';
import { isMigrationTarget } from './machines.ts';
import type { World } from './world.ts';

const question: EffectKind = {
  typicalMs: 1,
  fails: {
    kind: 'store-fails',
    probability: 0.01,
    error: () => new IpamError('store-unavailable', 'nothing tells about Pods'),
  },
};

/** Half of the Pods are odd. */
export function labelsOf({ name }: PodRef): Labels {
  const moves = isMigrationTarget(name) ? { 'kubevirt.io/migrationJobUID': `job-of-${name}` } : {};
  return { tier: /[13579]$/.test(name) ? 'odd' : 'even', ...moves };
}

function keptBy({ name }: PodRef): Pick<PodFacts['pod'] & object, 'controller'> {
  const controller = controllerOf(name);
  return controller === undefined ? {} : { controller };
}

function annotationsOf({ name }: PodRef): Labels {
  const { first, last } = applicationAddresses;
  return isOfApplication(name) ? { 'kube-ipam.ip': `${first}-${last}` } : {};
}

/** One process's way to ask about Pods. */
export function simFacts(world: World, lifetime: Lifetime): PodFactsSource {
  const factsOf = async (pod: PodRef): Promise<PodFacts> => ({
    pod: { labels: labelsOf(pod), annotations: annotationsOf(pod), ...keptBy(pod) },
    namespace: { labels: {}, annotations: {} },
    node: { labels: {} },
  });
  return { factsOf: (pod) => effect(world, lifetime, question, () => factsOf(pod)) };
}
