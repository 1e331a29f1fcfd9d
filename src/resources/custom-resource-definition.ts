import { type KindInfo, singularOf } from './kinds.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';

/** A kind as an API server learns it: apiextensions.k8s.io/v1, Kubernetes 1.16 and later. */
export function customResourceDefinition(info: KindInfo) {
  const [group = '', version = ''] = info.apiVersion.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${info.plural}.${group}` },
    spec: {
      group,
      names: {
        kind: info.kind,
        listKind: `${info.kind}List`,
        plural: info.plural,
        singular: singularOf(info),
        shortNames: info.shortNames,
        categories: info.categories,
      },
      scope: info.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: info.printerColumns,
          schema: { openAPIV3Schema: objectSchema(info) },
          ...(info.statusSubresource ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}

function objectSchema({ description, specSchema, statusSchema, namePattern }: KindInfo): StructuralSchema {
  const spec = structuralSchema(specSchema);
  const hasSpec = Object.keys(spec.properties ?? {}).length > 0;
  return {
    type: 'object',
    description,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata:
        namePattern === undefined
          ? { type: 'object' }
          : { type: 'object', properties: { name: { type: 'string', pattern: namePattern } } },
      ...(hasSpec ? { spec } : {}),
      ...(statusSchema === undefined ? {} : { status: structuralSchema(statusSchema) }),
    },
    ...(hasSpec ? { required: ['spec'] } : {}),
  };
}
