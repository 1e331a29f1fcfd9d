/** Keeps a pool or subnet until what it holds is let go. */
export const spiderpoolFinalizer = 'spiderpool.spidernet.io';

/** The subnet's prefix as a label's value, on a SpiderSubnet and on a SpiderIPPool. */
export const subnetCidrLabel = 'ipam.spidernet.io/subnet-cidr';
export const poolCidrLabel = 'ipam.spidernet.io/ippool-cidr';

/** On a pool: the SpiderSubnet that it is part of. */
export const ownerSubnetLabel = 'ipam.spidernet.io/owner-spider-subnet';

/** On a pool that was made for one application, the application's name. */
export const applicationNameLabel = 'ipam.spidernet.io/owner-application-name';

/** The only Pod labels that an application's pool may select by. */
export const applicationAffinityKeys: readonly string[] = [
  'ipam.spidernet.io/app-api-group',
  'ipam.spidernet.io/app-api-version',
  'ipam.spidernet.io/app-kind',
  'ipam.spidernet.io/app-namespace',
  'ipam.spidernet.io/app-name',
];

/** `172.18.40.0/24` as a label's value: `172-18-40-0-24`. */
export function cidrLabelValue(cidr: string): string {
  return cidr.replaceAll(/[.:/]/g, '-');
}

/** On a pool that was made for one application: which one, and which of its interfaces and IP families. */
export const ownerLabels = {
  /** `apps_v1` */
  groupVersion: 'ipam.spidernet.io/owner-application-gv',
  kind: 'ipam.spidernet.io/owner-application-kind',
  namespace: 'ipam.spidernet.io/owner-application-namespace',
  name: applicationNameLabel,
  uid: 'ipam.spidernet.io/owner-application-uid',
  interface: 'ipam.spidernet.io/interface',
  /** `IPv4` or `IPv6` */
  family: 'ipam.spidernet.io/ip-version',
  /** Is it deleted with its application? `true` or `false`. An annotation of that name says so of its template. */
  reclaim: 'ipam.spidernet.io/ippool-reclaim',
} as const;

/** Of an application's template, and of the pool that was made for it: how many addresses that has, `5`, or beyond the replicas, `+2`. */
export const addressCountAnnotation = 'ipam.spidernet.io/ippool-ip-number';
