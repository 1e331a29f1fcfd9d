import { type Conflict, unreadable } from './conflict.ts';
import type { ForeignLease } from './foreign.ts';
import { goAddress } from './go-net.ts';
import type { LeftOut } from './holdings.ts';

/** A file of host-local's, as it lies in the folder of a network. */
export interface HostLocalFile {
  readonly name: string;
  /** Undefined: it could not be read. */
  readonly text: string | undefined;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
}

/** What old versions wrote no interface for: the interface that runtimes give their first network. */
const usualInterface = 'eth0';

export interface HostLocalLeases {
  /** Without a place yet. */
  readonly leases: readonly Omit<ForeignLease, 'pools'>[];
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/**
 * What host-local has given out on one network (containernetworking/plugins, plugins/ipam/host-local/backend/disk): a
 * file named after each address, with the container's id and, since plugins 0.8, the interface on a second line. The
 * rest, `last_reserved_ip.N` and `lock`, says nothing that we need: a search of ours begins where it likes.
 */
export function hostLocalLeases(network: string, files: readonly HostLocalFile[]): HostLocalLeases {
  const leases: Omit<ForeignLease, 'pools'>[] = [];
  const conflicts: Conflict[] = [];
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  for (const { name, text, at } of files) {
    const origin = `file ${network}/${name}`;
    const address = hostLocalAddress(name);
    if (address === undefined) {
      if (!isHostLocals(name)) leftOut.push({ subject: origin, reason: 'its name is no address' });
      continue;
    }
    const [containerId = '', ifname = ''] = (text ?? '').split('\n').map((line) => line.trim());
    if (text === undefined) {
      conflicts.push(unreadable(origin, 'it cannot be read'));
    } else if (containerId === '') {
      // host-local gives such an address to nobody, and takes it back from nobody.
      conflicts.push(unreadable(origin, 'it names no container'));
    } else {
      if (ifname === '') {
        warnings.push(`${name} of network "${network}" names no interface; ${usualInterface} is assumed`);
      }
      leases.push({ address, attachment: { network, containerId, ifname: ifname || usualInterface }, at, origin });
    }
  }
  return { leases, conflicts, leftOut, warnings };
}

/** On Windows host-local writes `_` for the colons of a name. */
export function hostLocalAddress(name: string) {
  return goAddress(name.replaceAll('_', ':')) ?? goAddress(name);
}

/** Does host-local write a file of this name beside the addresses'? */
export function isHostLocals(name: string): boolean {
  return name === 'lock' || name === 'last_reserved_ip' || name.startsWith('last_reserved_ip.');
}
