import type { ControllerReference } from '../resources/controlled-by.ts';
import type { Labels } from '../resources/label-selector.ts';
import type { PodRef } from './attachment.ts';

/** What an orchestrator says about a Pod and where it lives, as far as the choice of pools depends on it. */
export interface PodFacts {
  readonly pod: {
    readonly uid?: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    /** Absent: nobody keeps it, or nothing tells. */
    readonly controller?: ControllerReference;
  };
  readonly namespace: { readonly labels: Labels; readonly annotations: Labels };
  readonly node: { readonly labels: Labels };
}

/** Where there is no orchestrator to ask, there is no source, and pools that ask for labels are not given out. */
export interface PodFactsSource {
  /** @throws IpamError not-found (no such Pod, or another of the same name: the uid differs), store-unavailable */
  factsOf(pod: PodRef, node: string): Promise<PodFacts>;
  /** What a Pod says of itself; undefined: it is not known. @throws IpamError store-unavailable */
  podOf?(pod: PodRef): Promise<PodFacts['pod'] | undefined>;
  /** What a Namespace says of itself; undefined: there is none of this name. @throws IpamError store-unavailable */
  namespaceOf?(name: string): Promise<PodFacts['namespace'] | undefined>;
  /** What a node says of itself; undefined: there is none of this name. @throws IpamError store-unavailable */
  nodeOf?(name: string): Promise<PodFacts['node'] | undefined>;
}
