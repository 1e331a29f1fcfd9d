import { z } from 'zod';
import { IpamError } from '../../resources/errors.ts';
import { foldKeys } from '../../resources/go-json.ts';
import { parseWith } from '../../resources/schema.ts';
import { type SentPod, sentPodSchema } from './sent-pod.ts';

/*
 * k8s.io/kube-scheduler/extender/v1, as kube-scheduler speaks it since 1.17. Its types have no JSON names: Go writes the fields' own,
 * and reads any case.
 */

/** A node as the scheduler sends it; goes back as it came. */
export type SentNode = Readonly<Record<string, unknown>> & { readonly metadata: { readonly name: string } };

const nodeSchema: z.ZodType<SentNode> = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

const argumentsSchema = z.preprocess(
  foldKeys(['Pod', 'Nodes', 'NodeNames']),
  z.looseObject({
    Pod: sentPodSchema,
    /** Only without `nodeCacheCapable`. */
    Nodes: z.looseObject({ items: z.array(nodeSchema).nullish() }).nullish(),
    /** Only with it. */
    NodeNames: z.array(z.string()).nullish(),
  }),
);

/** What a scheduler asks. */
export interface ExtenderArguments {
  readonly pod: SentPod;
  readonly names: readonly string[];
  /** In the order of the names; undefined: it sent names alone, and gets names alone. */
  readonly nodes: readonly SentNode[] | undefined;
}

/** @throws IpamError invalid-argument */
export function parseArguments(body: unknown): ExtenderArguments {
  const {
    Pod: pod,
    Nodes: list,
    NodeNames: names,
  } = parseWith(argumentsSchema, body, 'ExtenderArgs', 'invalid-argument');
  if (names != null) return { pod, names, nodes: undefined };
  if (list == null) throw new IpamError('invalid-argument', 'ExtenderArgs: neither NodeNames nor Nodes');
  const nodes = list.items ?? [];
  return { pod, names: nodes.map(({ metadata }) => metadata.name), nodes };
}

/** Reasons by node. */
export type FailedNodes = Readonly<Record<string, string>>;

export interface FilterResult {
  readonly Nodes: { readonly items: readonly SentNode[] } | null;
  readonly NodeNames: readonly string[] | null;
  readonly FailedNodes: FailedNodes;
  /** The same once more: nothing is to be preempted for an address. Since 1.21; before, it is passed over. */
  readonly FailedAndUnresolvableNodes: FailedNodes;
  readonly Error: '';
}

/** @param failed why not, by node; all others pass */
export function filterResult({ names, nodes }: ExtenderArguments, failed: ReadonlyMap<string, string>): FilterResult {
  const reasons = Object.fromEntries(failed);
  return {
    Nodes: nodes === undefined ? null : { items: nodes.filter(({ metadata }) => !failed.has(metadata.name)) },
    NodeNames: nodes === undefined ? names.filter((name) => !failed.has(name)) : null,
    FailedNodes: reasons,
    FailedAndUnresolvableNodes: reasons,
    Error: '',
  };
}

export interface HostPriority {
  readonly Host: string;
  /** 0..10 */
  readonly Score: number;
}
