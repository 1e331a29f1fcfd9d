import { stringify } from 'yaml';
import { parseManifest } from '../../../src/resources/manifest.ts';
import { refusedOr, requireSame } from '../expected.ts';
import type { Target } from '../target.ts';
import { yamlTokens } from '../yaml-tokens.ts';
import { addressTokens } from './addresses.ts';

/** What `ipam-cli apply` reads: pools, reserved addresses, lists of them. What `get` prints can be applied again. */
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
    return `took ${resources.map(({ kind, spec }) => `${kind} ${Object.keys(spec as object)}`)}`;
  },
};
