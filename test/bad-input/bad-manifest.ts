/** A manifest that is refused. `says` and `advice` are what its author reads. */
export interface BadManifest {
  readonly what: string;
  readonly manifest: string;
  readonly says: string;
  readonly advice?: string;
}

export const spiderpool = 'apiVersion: spiderpool.spidernet.io/v2beta1';

export const of = (kind: string, name: string, spec: string): string =>
  `${spiderpool}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}`;
export const pool = (spec: string, name = 'new'): string => of('SpiderIPPool', name, spec);
export const subnet = (spec: string, name = 'new'): string => of('SpiderSubnet', name, spec);
export const reserved = (spec: string, name = 'new'): string => of('SpiderReservedIP', name, spec);
