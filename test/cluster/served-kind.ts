/** A kind that a test's API server is to serve, whose objects say what they like. */
export interface ServedKind {
  /** With its group: `kubevirt.io/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  /** Absent: it lives in namespaces. */
  readonly isOfCluster?: boolean;
  /** Has it a status that is written by itself? Absent: no. */
  readonly hasStatus?: boolean;
  readonly columns?: readonly { readonly name: string; readonly type: string; readonly jsonPath: string }[];
}

/** Its definition. */
export function servedKind({ apiVersion, kind, plural, isOfCluster = false, hasStatus = false, ...more }: ServedKind) {
  const [group = '', version = ''] = apiVersion.split('/');
  const { singular = kind.toLowerCase(), shortNames = [], columns = [] } = more;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: isOfCluster ? 'Cluster' : 'Namespaced',
      names: { kind, plural, singular, shortNames },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          subresources: hasStatus ? { status: {} } : {},
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}
