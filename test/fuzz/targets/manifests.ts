import { stringify } from 'yaml';
import { emptyRangeSet } from '../../../src/ip/range-set.ts';
import { completeResource } from '../../../src/resources/complete.ts';
import { parseManifest } from '../../../src/resources/manifest.ts';
import type { Resource } from '../../../src/resources/resource.ts';
import { reviewWrite } from '../../../src/resources/rules/review.ts';
import { refusedOr, requireSame } from '../expected.ts';
import type { Target } from '../target.ts';
import { yamlTokens } from '../yaml-tokens.ts';
import { addressTokens } from './addresses.ts';

/** What `ipam-cli apply` reads. What `get` prints can be applied again, and no rule trips over what could be read. */
export const manifests: Target = {
  name: 'manifests',
  dictionary: [
    ...yamlTokens,
    ...addressTokens.slice(-16),
    ...[
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'namespace',
      'labels',
      'annotations',
      'spec',
      'status',
      'items',
      'List',
    ],
    ...['spiderpool.spidernet.io/v2beta1', 'SpiderIPPool', 'SpiderReservedIP', 'IPBlock', 'IPClaim', 'subnet', 'ips'],
    ...[
      'SpiderSubnet',
      'SpiderEndpoint',
      'vlan',
      'purpose',
      'topologyAffinity',
      'zone',
      'pod',
      'tor',
      'ownerReferences',
    ],
    ...[
      'podAffinity',
      'matchLabels',
      'matchExpressions',
      'operator',
      'In',
      'Exists',
      'nodeName',
      'multusName',
      'kube-system/a',
    ],
    ...['excludeIPs', 'gateway', 'routes', 'dst', 'gw', 'default', 'disable', 'blockSize', 'cooldown', 'ipVersion'],
    ...[
      '10.0.0.0/8',
      '10.0.0.1',
      '10.0.0.9-10.0.0.12',
      '0.0.0.0/0',
      '::/0',
      'fd00::/64',
      '24',
      '32',
      '64',
      '4',
      '6',
      'true',
    ],
  ],
  run: (input) => {
    const outcome = refusedOr(() => parseManifest(input.toString(), 'standard input'));
    if ('refused' in outcome) return outcome.refused;
    const resources = outcome.made;
    requireSame(
      'round trip as JSON',
      resources,
      resources.flatMap((one) => parseManifest(JSON.stringify(one), 'JSON')),
    );
    requireSame(
      'round trip as YAML',
      resources,
      resources.flatMap((one) => parseManifest(stringify(one), 'YAML')),
    );
    for (const resource of resources) ruled(resource);
    return `took ${resources.map(({ kind, spec }) => `${kind} ${Object.keys(spec as object)}`)}`;
  },
};

const facts = { pools: [], subnets: [], heldIn: () => emptyRangeSet, heldAnywhere: () => emptyRangeSet };

/** A webhook completes what it is asked about, again and again: the second time must change nothing. */
function ruled(resource: Resource): void {
  const completed = completeResource(resource, []);
  requireSame('completing twice', completed, completeResource(completed, []));
  reviewWrite({ operation: 'create', resource: completed }, facts);
  reviewWrite({ operation: 'update', before: resource, resource: completed }, facts);
  reviewWrite({ operation: 'delete', before: completed }, facts);
}
