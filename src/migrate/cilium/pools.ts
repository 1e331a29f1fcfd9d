import { annotationNames } from '../../dialects/cilium/annotations.ts';
import { type Address, type Family, formatAddress } from '../../ip/address.ts';
import { formatPrefix, type Prefix, prefixContains } from '../../ip/prefix.ts';
import { formatRangeSet, rangeSet } from '../../ip/range-set.ts';
import { readable } from '../../ip/readable.ts';
import type { LabelSelector } from '../../resources/label-selector.ts';
import { ownValue } from '../../resources/own-value.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { goPrefix } from '../go-net.ts';
import type { CiliumNode, CiliumPool } from './objects.ts';

/** Cilium's pool for those that no other is for. */
const defaultPool = 'default';
/** Labels that Cilium adds to those of a Pod before it selects. */
const [namespaceLabel, nameLabel] = ['io.kubernetes.pod.namespace', 'io.kubernetes.pod.name'];
/** Of a label's value. */
const labelLimit = 63;

/** The settings of Cilium's agents: the ConfigMap `cilium-config`. */
export type CiliumConfig = Readonly<Record<string, string>>;

export interface MadePools {
  readonly pools: readonly PoolResource[];
  readonly warnings: readonly string[];
}

/**
 * The pools that give here what Cilium gives: one for each subnet of a CiliumPodIPPool; else those of the cluster's settings
 * (`cluster-pool`); else one for each pod CIDR of a node, for that node. Without blocks: what is out is out one by one, on whichever
 * node.
 */
export function poolsOf(
  given: readonly CiliumPool[],
  nodes: readonly CiliumNode[],
  config: CiliumConfig | undefined,
): MadePools {
  const own = nodes.flatMap((node) => node.own);
  const made = given.map((pool) => ofCiliumPool(pool, own));
  if (given.length > 0) {
    return { pools: made.flatMap(({ pools }) => pools), warnings: made.flatMap(({ warnings }) => warnings) };
  }
  const clusters = clusterPools(config);
  if (clusters.length > 0)
    return { pools: numbered('cluster-pool', clusters, { default: true }, {}, own), warnings: [] };
  return {
    pools: nodes.flatMap(({ name, podCidrs }) =>
      numbered(name, podCidrs, { default: true, nodeName: [name] }, {}, own),
    ),
    warnings: nodes.some(({ podCidrs }) => podCidrs.length > 0)
      ? ['each pod CIDR of a node becomes a pool for that node: its addresses go to no other, those that stay included']
      : [],
  };
}

function clusterPools(config: CiliumConfig | undefined): readonly Prefix[] {
  if (config === undefined || ownValue(config, 'ipam') !== 'cluster-pool') return [];
  const texts = [4, 6].flatMap((family) =>
    (ownValue(config, `cluster-pool-ipv${family}-cidr`) ?? '').split(/[\s,]+/).filter((text) => text !== ''),
  );
  return texts.flatMap((text) => goPrefix(text)?.prefix ?? []);
}

function ofCiliumPool(pool: CiliumPool, own: readonly Address[]): MadePools {
  const { name, subject, podSelector, namespaceSelector, annotations } = pool;
  const selected = selectorsOf(podSelector, namespaceSelector);
  const isForSome = podSelector !== undefined || namespaceSelector !== undefined;
  const unsaid = typeof selected === 'string';
  const spec: Partial<PoolSpec> = {
    ...(name === defaultPool || isForSome ? { default: true } : {}),
    ...(unsaid ? { disable: true } : selected),
  };
  const isShort = name.length <= labelLimit;
  const labels: Readonly<Record<string, string>> = isShort ? { [annotationNames.pool]: name } : {};
  const pools = numbered(name, pool.prefixes, spec, labels, own);
  const warnings = [
    ...(unsaid
      ? [
          `${subject}: no pool of ours can select by ${selected}: ${titles(pools)} disabled until you write podAffinity or namespaceName, and take disable away`,
        ]
      : []),
    ...(isShort
      ? []
      : [`${subject}: its name is too long for a label: ${titles(pools)} found by their own names only`]),
    ...(ownValue(annotations, 'ipam.cilium.io/skip-masquerade') === 'true'
      ? [`${subject}: ipam.cilium.io/skip-masquerade is Cilium's to follow, which does not know pools of ours`]
      : []),
  ];
  return { pools, warnings };
}

function titles(pools: readonly PoolResource[]): string {
  const names = pools.map(({ metadata }) => `"${metadata.name}"`).join(', ');
  return pools.length === 1 ? `pool ${names} is` : `pools ${names} are`;
}

/** @returns text: what no pool of ours can select by */
function selectorsOf(
  pods: LabelSelector | undefined,
  namespaces: LabelSelector | undefined,
): Pick<PoolSpec, 'podAffinity' | 'namespaceAffinity' | 'namespaceName'> | string {
  const added = [namespaceLabel, nameLabel];
  const { [namespaceLabel ?? '']: namespace, ...labels } = pods?.matchLabels ?? {};
  const expressions = pods?.matchExpressions ?? [];
  const [odd] = [...Object.keys(labels), ...expressions.map(({ key }) => key)].filter((key) => added.includes(key));
  if (odd !== undefined) return `the label ${odd}, which is Cilium's own`;
  if (namespace !== undefined && namespaces !== undefined) return `${namespaceLabel} beside namespaceSelector`;
  const isOfPods =
    Object.keys(labels).length > 0 || expressions.length > 0 || (pods !== undefined && namespace === undefined);
  const podAffinity = {
    ...(Object.keys(labels).length > 0 ? { matchLabels: labels } : {}),
    ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
  };
  return {
    ...(isOfPods ? { podAffinity } : {}),
    ...(namespace === undefined ? {} : { namespaceName: [namespace] }),
    ...(namespaces === undefined ? {} : { namespaceAffinity: namespaces }),
  };
}

/** One for each prefix: `green-ipv4`, `green-ipv4-2`, `green-ipv6`. */
function numbered(
  name: string,
  prefixes: readonly Prefix[],
  spec: Partial<PoolSpec>,
  labels: Readonly<Record<string, string>>,
  own: readonly Address[],
): readonly PoolResource[] {
  const counts = new Map<Family, number>();
  return prefixes.map((prefix) => {
    const { family } = prefix.address;
    const count = (counts.get(family) ?? 0) + 1;
    counts.set(family, count);
    const kept = own.filter((address) => prefixContains(prefix, address));
    const excludeIPs = formatRangeSet(rangeSet(kept.map((one) => ({ first: one, last: one }))));
    return {
      apiVersion: spiderpoolVersion,
      kind: poolKind,
      metadata: {
        name: `${name}-ipv${family}${count === 1 ? '' : `-${count}`}`,
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
      },
      spec: {
        ipVersion: family,
        subnet: formatPrefix(prefix),
        ...(kept.length === 0 ? {} : { excludeIPs }),
        ...spec,
      },
    };
  });
}

/** What pools exclude because Cilium's nodes have it. */
export function excludedOf(pools: readonly PoolResource[], nodes: readonly CiliumNode[]): readonly string[] {
  return pools.flatMap(({ metadata, spec }) => {
    const prefix = readable(spec.subnet, (text) => goPrefix(text)?.prefix);
    if (prefix === undefined || spec.excludeIPs === undefined) return [];
    const texts = nodes.flatMap(({ name, own }) =>
      own.filter((address) => prefixContains(prefix, address)).map((one) => `${formatAddress(one)} of node ${name}`),
    );
    return [
      `pool "${metadata.name}" excludes what nodes have for Cilium's router, health endpoint and ingress: ${texts.slice(0, 5).join(', ')}${texts.length > 5 ? `, ${texts.length - 5} more` : ''}; take it out of spec.excludeIPs once their agents run with delegated-plugin`,
    ];
  });
}
