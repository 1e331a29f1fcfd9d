/**
 * Cilium's kinds as far as addresses go: the fields of cilium.io/v2 as Cilium publishes them (pkg/ipam/types), and of the rest
 * nothing. What they keep of the real ones matters here: the status is a subresource, and states of a release are four.
 */
export const ciliumKinds: readonly object[] = [
  definition('CiliumNode', 'ciliumnodes', 'Cluster', {
    spec: object({ ipam: object({ pool: entries(), podCIDRs: { type: 'array', items: { type: 'string' } } }) }),
    status: object({
      ipam: object({
        used: entries(),
        'release-ips': {
          type: 'object',
          additionalProperties: {
            type: 'string',
            enum: ['marked-for-release', 'ready-for-release', 'do-not-release', 'released'],
          },
        },
      }),
    }),
  }),
  definition('CiliumEndpoint', 'ciliumendpoints', 'Namespaced', { status: object({}) }),
];

function definition(kind: string, plural: string, scope: string, properties: object): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cilium.io` },
    spec: {
      group: 'cilium.io',
      scope,
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          ...{ name: 'v2', served: true, storage: true, subresources: { status: {} } },
          schema: { openAPIV3Schema: { type: 'object', properties } },
        },
      ],
    },
  };
}

function object(properties: object): object {
  return { type: 'object', properties, 'x-kubernetes-preserve-unknown-fields': true };
}

function entries(): object {
  const text = { type: 'string' };
  return { type: 'object', additionalProperties: { type: 'object', properties: { owner: text, resource: text } } };
}
