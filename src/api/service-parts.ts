import type { ClusterwideAdministration } from '../ipam/cluster-port.ts';
import type { Ipam } from '../ipam/port.ts';

/** What the service ipam.IPAM works on. */
export interface IpamServiceParts {
  readonly ipam: Ipam;
  readonly administration: ClusterwideAdministration;
  readonly version: string;
  /** Is this daemon a member of a cluster that daemons run? */
  readonly isMember: boolean;
}
