import { type BadManifest, of, pool, spiderpool } from './bad-manifest.ts';

/** What is no resource at all. */
export const badTexts: readonly BadManifest[] = [
  {
    what: 'text that is no YAML',
    manifest: `kind: [`,
    says: 'new.yaml: document 1: line 1, column 8: Flow sequence in block collection must be sufficiently indented and end with a ]',
  },
  {
    what: 'an alias to nowhere',
    manifest: `kind: *pool`,
    says: 'new.yaml: document 1: Unresolved alias (the anchor must be set before the alias): pool',
  },
  {
    what: 'a list instead of an object',
    manifest: `- SpiderIPPool`,
    says: 'new.yaml: document 1: must be an object (got ["SpiderIPPool"])',
  },
  {
    what: 'no kind',
    manifest: `apiVersion: spiderpool.spidernet.io/v2beta1\nmetadata: {name: new}`,
    says: 'new.yaml: document 1: kind: is missing: text',
  },
  {
    what: 'a kind that there is not',
    manifest: of('SpiderPool', 'new', '{subnet: 10.1.0.0/24}'),
    says: 'new.yaml: document 1: no kind "SpiderPool" in "spiderpool.spidernet.io/v2beta1"',
    advice:
      'known: spiderpool.spidernet.io/v2beta1 SpiderSubnet, spiderpool.spidernet.io/v2beta1 SpiderIPPool, spiderpool.spidernet.io/v2beta1 SpiderReservedIP, spiderpool.spidernet.io/v2beta1 SpiderEndpoint, berth.network/v1alpha1 IPBlock, berth.network/v1alpha1 IPClaim, berth.network/v1alpha1 IPOccupancy, berth.network/v1alpha1 IPHistory, berth.network/v1alpha1 IPHistorySegment, berth.network/v1alpha1 NetworkTopology, berth.network/v1alpha1 IPAMNode',
  },
  {
    what: 'another version of the API',
    manifest:
      'apiVersion: spiderpool.spidernet.io/v1\nkind: SpiderIPPool\nmetadata: {name: new}\nspec: {subnet: 10.1.0.0/24}',
    says: 'new.yaml: document 1: no kind "SpiderIPPool" in "spiderpool.spidernet.io/v1"',
    advice:
      'known: spiderpool.spidernet.io/v2beta1 SpiderSubnet, spiderpool.spidernet.io/v2beta1 SpiderIPPool, spiderpool.spidernet.io/v2beta1 SpiderReservedIP, spiderpool.spidernet.io/v2beta1 SpiderEndpoint, berth.network/v1alpha1 IPBlock, berth.network/v1alpha1 IPClaim, berth.network/v1alpha1 IPOccupancy, berth.network/v1alpha1 IPHistory, berth.network/v1alpha1 IPHistorySegment, berth.network/v1alpha1 NetworkTopology, berth.network/v1alpha1 IPAMNode',
  },
  {
    what: 'a name with capital letters',
    manifest: pool('{subnet: 10.1.0.0/24}', 'Blue'),
    says: 'new.yaml: document 1: metadata.name: lower-case letters, digits, "-" and "." only, at most 253 (got "Blue")',
  },
  {
    what: 'no name',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nspec: {subnet: 10.1.0.0/24}`,
    says: 'new.yaml: document 1: metadata: is missing: an object',
  },
  {
    what: 'a pool in a namespace',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nmetadata: {name: new, namespace: shop}\nspec: {subnet: 10.1.0.0/24}`,
    says: 'new.yaml: document 1: SpiderIPPool "new": metadata.namespace is "shop"',
    advice: 'leave it out: SpiderIPPool objects live in no namespace',
  },
  {
    what: 'an endpoint in no namespace',
    manifest: `${spiderpool}\nkind: SpiderEndpoint\nmetadata: {name: web-1}\nstatus: {}`,
    says: 'new.yaml: document 1: SpiderEndpoint "web-1": metadata.namespace is missing',
    advice: 'name the namespace of its Pod',
  },
  {
    what: 'no specification',
    manifest: `${spiderpool}\nkind: SpiderIPPool\nmetadata: {name: new}`,
    says: 'new.yaml: document 1: SpiderIPPool "new": spec: subnet: is missing: text',
  },
];
