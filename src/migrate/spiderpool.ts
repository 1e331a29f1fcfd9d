import { z } from 'zod';
import { formatAddress } from '../ip/address.ts';
import { endpointStatusSchema } from '../resources/endpoint.ts';
import { parseJsonText } from '../resources/json-text.ts';
import { poolKind } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import { parseWith } from '../resources/schema.ts';
import { subnetKind } from '../resources/subnet.ts';
import { addressOrNone, type ForeignLease, podOfText } from './foreign.ts';
import type { LeftOut } from './holdings.ts';

/** PoolIPAllocations of Spiderpool (v2beta1): JSON text in a pool's status, the Pod of each address. */
const allocationsSchema = z.record(
  z.string(),
  z.looseObject({ pod: z.string(), podUid: z.string(), interface: z.string().optional() }),
);

const usualInterface = 'eth0';

/**
 * What Spiderpool has given out. It writes no container's id: a DEL of ours does not find such an address, and the
 * controller frees it once its Pod is gone.
 * @throws IpamError invalid-config: a status that Spiderpool does not write
 */
export function spiderpoolLeases(
  pools: readonly Resource[],
  endpoints: readonly Resource[],
  network: string,
): { readonly leases: readonly ForeignLease[]; readonly leftOut: readonly LeftOut[] } {
  const interfaces = interfacesOf(endpoints);
  const leases: ForeignLease[] = [];
  const leftOut: LeftOut[] = [];
  for (const pool of pools.filter(({ kind }) => kind === poolKind)) {
    const text = (pool.status as { readonly allocatedIPs?: string } | undefined)?.allocatedIPs;
    if (text === undefined || text === '') continue;
    const where = `SpiderIPPool "${pool.metadata.name}": status.allocatedIPs`;
    const allocations = parseWith(allocationsSchema, parseJsonText(text, where), where);
    for (const [name, allocation] of Object.entries(allocations)) {
      const address = addressOrNone(name);
      const pod = podOfText(allocation.pod, allocation.podUid);
      if (address === undefined || pod === undefined) {
        leftOut.push({
          subject: `${name} of SpiderIPPool "${pool.metadata.name}"`,
          reason: `held by ${allocation.pod || 'nobody'}`,
        });
        continue;
      }
      const ifname = interfaces.get(formatAddress(address)) ?? allocation.interface ?? usualInterface;
      leases.push({
        address,
        attachment: { network, containerId: `pod-${pod.uid || pod.name}`, ifname },
        pod,
        at: undefined,
      });
    }
  }
  return { leases, leftOut };
}

/** Spiderpool offers what is listed and nothing else, and writes an empty list as none; here that would be the whole subnet. */
export function withListedAddresses(resource: Resource): Resource {
  if (resource.kind !== poolKind && resource.kind !== subnetKind) return resource;
  return { ...resource, spec: { ips: [], ...(resource.spec as object) } };
}

/** Which interface has an address, as far as endpoints tell. */
function interfacesOf(endpoints: readonly Resource[]): ReadonlyMap<string, string> {
  const entries = endpoints.flatMap(({ status }) => {
    const read = endpointStatusSchema.safeParse(status);
    if (!read.success) return [];
    return read.data.current.ips.flatMap((one) =>
      [one.ipv4, one.ipv6].flatMap((text) => {
        const address = text === undefined ? undefined : addressOrNone(text.replace(/\/.*$/, ''));
        return address === undefined ? [] : [[formatAddress(address), one.interface] as const];
      }),
    );
  });
  return new Map(entries);
}
