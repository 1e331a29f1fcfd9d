import type { Family } from '../../ip/address.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Labels } from '../../resources/label-selector.ts';
import type { Pool } from '../../resources/pool.ts';
import { addressCountAnnotation, ownerLabels, ownerSubnetLabel } from '../../resources/published.ts';
import { isLabelValue } from '../../resources/rules/selector-shape.ts';
import { type Application, applicationOfPool, applicationTitle, isCounted, isSameApplication } from './application.ts';

/** How many addresses a pool of an application is to have: so many, or so many beyond its Pods. */
export interface AddressCount {
  readonly kind: 'fixed' | 'elastic';
  readonly count: number;
}

/** The name of a SpiderSubnet for each IP family; absent: no address of it. */
export type SubnetNames = Readonly<Partial<Record<Family, string>>>;

/** What an application's template asks for: a pool of its own for each of its interfaces and IP families. */
export interface AutomaticPools {
  readonly interfaces: readonly { readonly ifname: string; readonly subnets: SubnetNames }[];
  /** Undefined: as the cluster has it. */
  readonly count: AddressCount | undefined;
  /** Do the pools go with the application? */
  readonly isReclaimed: boolean;
}

/** Which pool of which application. */
export interface PoolOf {
  readonly application: Application;
  readonly ifname: string;
  readonly family: Family;
  readonly subnet: string;
}

const longestName = 253;
const uidLength = 5;

/**
 * `auto4-web-eth0-9a2b3`: its last part is of the application's uid.
 * @param isTaken is the name in use for something else? When it is, other characters of the uid are tried
 */
export function automaticPoolName(
  { application, ifname, family }: Omit<PoolOf, 'subnet'>,
  uid: string,
  isTaken: (name: string) => boolean = () => false,
): string {
  const tail = uid.slice(uid.lastIndexOf('-') + 1);
  const nameWith = (start: number): string => {
    const ending = `-${ifname}-${tail.slice(start, start + uidLength)}`.toLowerCase();
    return `auto${family}-${application.name.slice(0, longestName - ending.length - 6).toLowerCase()}${ending}`;
  };
  const names = [nameWith(0), nameWith(uidLength)];
  return names.find((name) => !isTaken(name)) ?? (names[0] as string);
}

export function familyLabel(family: Family): string {
  return `IPv${family}`;
}

/** The family, interface and subnet of a pool that was made for an application. */
export function isPoolOf(labels: Labels, { application, ifname, family, subnet }: PoolOf): boolean {
  const owner = applicationOfPool(labels);
  return (
    owner !== undefined &&
    isSameApplication(owner, application) &&
    labels[ownerLabels.interface] === ifname &&
    labels[ownerLabels.family] === familyLabel(family) &&
    labels[ownerSubnetLabel] === subnet
  );
}

/**
 * The pool that was made for an interface of a Pod.
 * @param applications those that the Pod may be of, the likeliest first @returns undefined: there is none yet
 */
export function findAutomaticPool(
  pools: readonly Pool[],
  applications: readonly Application[],
  of: Omit<PoolOf, 'application'>,
): Pool | undefined {
  for (const application of applications) {
    const found = pools.find(({ labels }) => isPoolOf(labels, { application, ...of }));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * An application for which no pool can be made.
 * @throws IpamError invalid-config, unsupported
 */
export function requirePoolFor(application: Application, count: AddressCount | undefined): void {
  const title = applicationTitle(application);
  if (!isLabelValue(application.name)) {
    throw new IpamError(
      'unsupported',
      `${title}: its name has more than 63 characters, and its pool bears it as a label`,
      {
        advice: 'create a SpiderIPPool and name it in ipam.spidernet.io/ippool instead',
      },
    );
  }
  if (isCounted(application) || count?.kind === 'fixed') return;
  throw new IpamError(
    'invalid-config',
    `${title}: nobody can tell how many Pods a ${application.kind} makes, so its pool cannot follow them`,
    { advice: `say how many addresses the pool is to have: ${addressCountAnnotation}: "5"` },
  );
}
