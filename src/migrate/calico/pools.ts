import type { Address } from '../../ip/address.ts';
import { formatPrefix, prefixContains } from '../../ip/prefix.ts';
import { formatRangeSet, rangeSet } from '../../ip/range-set.ts';
import type { LabelSelector } from '../../resources/label-selector.ts';
import { type PoolResource, type PoolSpec, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { type ReservedIPResource, reservedIPKind } from '../../resources/reserved-ip.ts';
import type { CalicoPool, CalicoReservation } from './objects.ts';
import { labelSelectorOf } from './selector.ts';

/** The label by which Calico selects a namespace by name, and Kubernetes' own (1.21). */
const [calicosName, kubernetesName] = ['projectcalico.org/name', 'kubernetes.io/metadata.name'];

export interface MadePool {
  readonly pool: PoolResource;
  readonly warnings: readonly string[];
}

/**
 * Of the same name, and without blocks: what is out of it is out one by one, on whichever node.
 * @param ofNodes what Calico's nodes have for themselves: tunnels, and what Windows keeps of a block
 */
export function poolOf(
  { name, subject, prefix, isDisabled, isManual, nodeSelector, namespaceSelector }: CalicoPool,
  ofNodes: readonly Address[],
): MadePool {
  const own = ofNodes.filter((address) => prefixContains(prefix, address));
  const nodes = labelSelectorOf(nodeSelector);
  const namespaces = labelSelectorOf(namespaceSelector);
  const said = [nodes, namespaces].filter((one): one is string => typeof one === 'string');
  const disable = isDisabled || said.length > 0;
  const spec: PoolSpec = {
    ipVersion: prefix.address.family,
    subnet: formatPrefix(prefix),
    ...(own.length === 0
      ? {}
      : { excludeIPs: formatRangeSet(rangeSet(own.map((one) => ({ first: one, last: one })))) }),
    ...(isManual ? {} : { default: true }),
    ...(disable ? { disable: true } : {}),
    ...(typeof nodes === 'object' ? { nodeAffinity: nodes } : {}),
    ...(typeof namespaces === 'object' ? namespaceOf(namespaces) : {}),
  };
  const warnings = said.map(
    (part) =>
      `${subject}: no pool of ours can select by ${JSON.stringify(part)}: pool "${name}" is disabled, and gives nothing out until you write nodeAffinity or namespaceAffinity into it, and take disable away`,
  );
  return { pool: { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec }, warnings };
}

/** Names in the place of the label that only Calico gives to namespaces. */
function namespaceOf(selector: LabelSelector): Pick<PoolSpec, 'namespaceName' | 'namespaceAffinity'> {
  const { matchExpressions = [] } = selector;
  const [first] = matchExpressions;
  if (matchExpressions.length === 1 && first?.key === calicosName && first.operator === 'In')
    return { namespaceName: [...(first.values ?? [])] };
  const expressions = matchExpressions.map((one) => (one.key === calicosName ? { ...one, key: kubernetesName } : one));
  return { namespaceAffinity: { matchExpressions: expressions } };
}

export function reservedOf({ name, prefixes }: CalicoReservation): ReservedIPResource {
  return {
    apiVersion: spiderpoolVersion,
    kind: reservedIPKind,
    metadata: { name },
    spec: { ips: prefixes.map(formatPrefix) },
  };
}
