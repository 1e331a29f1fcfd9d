import type { ForeignLease } from './foreign.ts';
import { addressOrNone } from './foreign.ts';
import type { LeftOut } from './holdings.ts';

/** A file of host-local's, as it lies in the folder of a network. */
export interface HostLocalFile {
  readonly name: string;
  readonly text: string;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
}

/** What old versions wrote no interface for: the interface that runtimes give their first network. */
const usualInterface = 'eth0';

/**
 * What host-local has given out on one network (containernetworking/plugins, plugins/ipam/host-local/backend/disk): a
 * file named after each address, with the container's id and, since plugins 0.8, the interface on a second line. The
 * rest, `last_reserved_ip.N` and `lock`, says nothing that we need: a search of ours begins where it likes.
 */
export function hostLocalLeases(
  network: string,
  files: readonly HostLocalFile[],
): {
  readonly leases: readonly ForeignLease[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
} {
  const leases: ForeignLease[] = [];
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  for (const { name, text, at } of files) {
    const address = addressOrNone(name.replaceAll('_', ':')) ?? addressOrNone(name);
    if (address === undefined) {
      if (name !== 'lock' && !name.startsWith('last_reserved_ip.')) {
        leftOut.push({ subject: `file ${network}/${name}`, reason: 'its name is no address' });
      }
      continue;
    }
    const [containerId = '', ifname = ''] = text.trim().split(/\r?\n/);
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(containerId)) {
      leftOut.push({
        subject: `file ${network}/${name}`,
        reason: `names no container (${JSON.stringify(containerId)})`,
      });
      continue;
    }
    if (ifname === '')
      warnings.push(`${name} of network "${network}" names no interface; ${usualInterface} is assumed`);
    leases.push({ address, attachment: { network, containerId, ifname: ifname || usualInterface }, at });
  }
  return { leases, leftOut, warnings };
}
