import type { Resource, Stored } from '../../../resources/resource.ts';

export interface ThingSpec {
  readonly colour?: string;
}

export type Thing = Resource & { readonly spec: ThingSpec };

/** @param of `name` or `namespace/name`; its uid is the same unless it is given */
export function thing(
  of: string,
  version: number | string,
  { uid = of, colour, deletedAt }: { uid?: string; colour?: string; deletedAt?: string } = {},
): Stored<Thing> {
  const [name = '', namespace] = of.split('/').toReversed();
  const metadata = { name, uid, resourceVersion: `${version}`, creationTimestamp: '' };
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
    },
    spec: colour === undefined ? {} : { colour },
  };
}
