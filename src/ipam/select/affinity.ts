import { formatSelector, isSelected, type LabelSelector, type Labels } from '../../resources/label-selector.ts';
import { systemNamespace } from '../../resources/names.ts';
import type { Pool } from '../../resources/pool.ts';
import { type PodRef, podSubject } from '../attachment.ts';
import {
  type Application,
  applicationKey,
  applicationOfPool,
  applicationsOf,
  applicationTitle,
} from '../bind/application.ts';
import type { PodFacts } from '../pod-facts.ts';
import type { OnlyMatching } from '../request.ts';
import type { Reason } from './rejection.ts';
import { type NodePlaces, placeMismatch } from './topology-affinity.ts';

/** Who asks for an address. What is not known matches no pool that asks for it. */
export interface Consumer {
  readonly node: string;
  /** What reasons call the node, where they are for many nodes that are alike; absent: its name. */
  readonly nodeTitle?: string | undefined;
  readonly ifname: string;
  readonly pod?: PodRef | undefined;
  readonly facts?: PodFacts | undefined;
  /** Where the node is in the network. */
  readonly places?: NodePlaces | undefined;
  readonly onlyMatching?: OnlyMatching | undefined;
  /**
   * The NetworkAttachmentDefinition behind the interface, as `namespace/name`; undefined: the Pod does not say. Asked only
   * when a pool is for some networks: what the Pod says of them need not be readable otherwise.
   * @throws IpamError invalid-config
   */
  readonly interfaceNetwork?: (() => string | undefined) | undefined;
}

/** Longest list in a reason. */
const shownLimit = 5;

/**
 * Whom each pool is for: its reason to pass over this consumer, or undefined when it may serve it. Names win over
 * labels, as Spiderpool has it: `namespaceName` over `namespaceAffinity`, `nodeName` over `nodeAffinity`.
 * @throws IpamError (the returned function) invalid-config when the Pod's list of networks cannot be read
 */
export function affinityFilter(consumer: Consumer): (pool: Pool) => Reason | undefined {
  let network: { readonly name: string | undefined } | undefined;
  const ofNetwork = () => {
    network ??= { name: consumer.interfaceNetwork?.() };
    return network.name;
  };
  return (pool) =>
    nodeMismatch(pool, consumer) ??
    placeMismatch(pool, nodeTitle(consumer), consumer.places) ??
    namespaceMismatch(pool, consumer) ??
    podMismatch(pool, consumer) ??
    networkMismatch(pool, consumer, ofNetwork) ??
    everybodysMismatch(pool, consumer.onlyMatching);
}

/** Nodes and networks are no choice of the Pod's: a pool of theirs is for everybody there. */
function everybodysMismatch(pool: Pool, only: OnlyMatching | undefined): Reason | undefined {
  if (only === undefined || !only.families.includes(pool.family)) return undefined;
  const isForSome =
    pool.podAffinity !== undefined || pool.namespaceAffinity !== undefined || pool.namespaceNames.length > 0;
  return isForSome
    ? undefined
    : () => `is for everybody, and the ${only.origin} wants one for Pods or namespaces that it selects`;
}

function nodeMismatch({ nodeNames, nodeAffinity }: Pool, consumer: Consumer): Reason | undefined {
  const title = nodeTitle(consumer);
  if (nodeNames.length > 0) {
    if (nodeNames.includes(consumer.node)) return undefined;
    return () => `is for nodes ${quoted(nodeNames)}, and this is ${title}`;
  }
  return labelMismatch('nodes', nodeAffinity, title, consumer.facts?.node.labels);
}

/** @returns `node "n1"`, unless many are meant */
export function nodeTitle({ node, nodeTitle: title }: Pick<Consumer, 'node' | 'nodeTitle'>): string {
  return title ?? `node "${node}"`;
}

function namespaceMismatch({ namespaceNames, namespaceAffinity }: Pool, consumer: Consumer): Reason | undefined {
  const { pod, facts } = consumer;
  if (namespaceNames.length > 0) {
    if (pod !== undefined && namespaceNames.includes(pod.namespace)) return undefined;
    const is = pod === undefined ? 'the request names no Pod' : `the Pod is in "${pod.namespace}"`;
    return () => `is for namespaces ${quoted(namespaceNames)}, and ${is}`;
  }
  const subject = pod === undefined ? undefined : `namespace "${pod.namespace}"`;
  return labelMismatch('namespaces', namespaceAffinity, subject, facts?.namespace.labels);
}

function podMismatch({ podAffinity, labels }: Pool, { pod, facts }: Consumer): Reason | undefined {
  const owner = applicationOfPool(labels);
  if (owner !== undefined && podAffinity !== undefined) return applicationMismatch(owner, pod, facts);
  return labelMismatch('Pods', podAffinity, pod === undefined ? undefined : podSubject(pod), facts?.pod.labels);
}

/** Labels of an application's pool select by who keeps a Pod: no Pod has them. The uid does not count: see `isPoolOf`. */
function applicationMismatch(
  owner: Application,
  pod: PodRef | undefined,
  facts: PodFacts | undefined,
): Reason | undefined {
  const isOfOwner = (one: Application): boolean => applicationKey(one) === applicationKey(owner);
  const of = pod === undefined ? [] : applicationsOf(pod.namespace, facts?.pod.controller, facts?.pod.labels ?? {});
  if (of.some(isOfOwner)) return undefined;
  const [first] = of;
  const kept =
    first === undefined ? 'no controller that is known here keeps the Pod' : `the Pod is of ${applicationTitle(first)}`;
  return () => `is for Pods of ${applicationTitle(owner)}, and ${kept}`;
}

function networkMismatch(
  { multusNames }: Pool,
  { ifname }: Consumer,
  ofNetwork: () => string | undefined,
): Reason | undefined {
  if (multusNames.length === 0) return undefined;
  const network = ofNetwork();
  const wanted = multusNames.map((name) => (name.includes('/') ? name : `${systemNamespace}/${name}`));
  if (network !== undefined && wanted.includes(network)) return undefined;
  const is = network === undefined ? `nothing tells of which ${ifname} is` : `${ifname} is of "${network}"`;
  return () => `is for interfaces of Multus networks ${quoted(wanted)}, and ${is}`;
}

/** @param subject whose labels count; undefined when the request does not say */
function labelMismatch(
  what: string,
  selector: LabelSelector | undefined,
  subject: string | undefined,
  labels: Labels | undefined,
): Reason | undefined {
  if (selector === undefined) return undefined;
  // An empty selector selects everything: no label needs to be known.
  const selected = labels === undefined ? formatSelector(selector) === '' : isSelected(labels, selector);
  if (selected) return undefined;
  return () => `is for ${what} labelled ${formatSelector(selector)}, and ${labelsSaid(selector, subject, labels)}`;
}

function labelsSaid(selector: LabelSelector, subject: string | undefined, labels: Labels | undefined): string {
  if (subject === undefined) return 'the request names no Pod';
  if (labels === undefined) return `the labels of ${subject} are not known here: there is no Kubernetes to ask`;
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
  const said = [...new Set(keys)].map((key) => (Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `no ${key}`));
  return `${subject} has ${brief(said).join(', ')}`;
}

function quoted(names: readonly string[]): string {
  return brief(names.map((name) => `"${name}"`)).join(', ');
}

function brief(texts: readonly string[]): readonly string[] {
  return texts.length > shownLimit ? [...texts.slice(0, shownLimit), `${texts.length - shownLimit} more`] : texts;
}
