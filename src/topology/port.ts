import type { IpamNodeSpec, TopologySpec } from '../resources/topology/schema.ts';
import type { TopologyPlan } from './plan.ts';
import type { PlaceFill } from './utilisation.ts';

/** What operators ask of a daemon about the network. */
export interface TopologyAdministration {
  /** @returns undefined: there is no topology */
  show(): Promise<ShownTopology | undefined>;
  /** What `apply` would come to. @throws IpamError invalid-config, store-unavailable */
  plan(spec: unknown): Promise<TopologyPlan>;
  /**
   * Puts a topology in the place of the present one, then makes its pools. What is left undone by an error, another call does.
   * @throws IpamError invalid-config, in-use (the plan is refused), conflict (another was faster), unsupported, store-unavailable
   */
  apply(spec: unknown): Promise<AppliedTopology>;
  /** @throws IpamError invalid-config, unsupported, store-unavailable */
  registerNodes(nodes: readonly NamedNode[]): Promise<RegisteredNodes>;
}

export interface ShownTopology {
  readonly spec: TopologySpec;
  readonly zones: readonly PlaceFill[];
  /** Daemons whose word is missing. */
  readonly unanswered: readonly { readonly node: string; readonly reason: string }[];
}

export interface AppliedTopology {
  readonly plan: TopologyPlan;
  readonly outcome: 'created' | 'configured' | 'unchanged';
  /** Names. */
  readonly poolsApplied: readonly string[];
  readonly poolsDeleted: readonly string[];
}

export interface NamedNode {
  readonly id: string;
  readonly spec: IpamNodeSpec;
}

/** How many came to what. */
export interface RegisteredNodes {
  readonly created: number;
  readonly configured: number;
  readonly unchanged: number;
}
