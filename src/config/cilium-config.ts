import type { ClusterPool } from '../cilium/node-subnets.ts';
import { type Family, familyBits } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { IpamError } from '../resources/errors.ts';
import { ciliumSettings } from './cilium-settings.ts';
import { checkElection } from './controller-config.ts';
import { environmentSaid } from './environment.ts';
import { type Flags, settingsReader, type Values } from './setting.ts';

export type CiliumFlags = Flags<typeof ciliumSettings>;
type CiliumSettings = Values<typeof ciliumSettings>;

export interface CiliumConfig extends CiliumSettings {
  readonly pools: readonly ClusterPool[];
  /** Of which nodes have subnets and pools. */
  readonly families: readonly Family[];
  /** Of which addresses of Pods stay. */
  readonly fixedFamilies: readonly Family[];
}

const read = settingsReader(ciliumSettings);

/**
 * What flags, file and environment come to, each before the next.
 * @throws IpamError invalid-config naming the place, the value and what is allowed
 */
export function ciliumConfig(
  text: string,
  source: string,
  flags: CiliumFlags,
  environment: Readonly<Record<string, string | undefined>>,
): CiliumConfig {
  const values = read(text, source, flags)(environmentSaid(ciliumSettings, environment));
  checkElection(values);
  const { ipv4Cidrs, ipv6Cidrs, enableIPv6, enableStaticPodIPv6 } = values;
  const pools = [...poolsOf(ipv4Cidrs, values.ipv4MaskSize, 4), ...poolsOf(ipv6Cidrs, values.ipv6MaskSize, 6)];
  if (enableStaticPodIPv6 && !enableIPv6)
    refuse('enableStaticPodIPv6: nodes have no IPv6 addresses without enableIPv6');
  if (pools.some(({ cidr }) => cidr.address.family === 6) && !enableIPv6) {
    refuse('clusterPool.ipv6.cidr: nodes have no IPv6 addresses without enableIPv6');
  }
  // One that has pools of IPv6 only is a cluster of IPv6 only.
  const isOnlyIPv6 = (ipv6Cidrs ?? []).length > 0 && (ipv4Cidrs ?? []).length === 0;
  const families: readonly Family[] = isOnlyIPv6 ? [6] : enableIPv6 ? [4, 6] : [4];
  return { ...values, pools, families, fixedFamilies: families.filter((one) => one === 4 || enableStaticPodIPv6) };
}

function poolsOf(cidrs: readonly Prefix[] = [], maskSize: number, family: Family): readonly ClusterPool[] {
  return cidrs.map((cidr) => {
    if (cidr.address.family !== family)
      refuse(`clusterPool.ipv${family}.cidr: ${formatPrefix(cidr)} is not IPv${family}`);
    if (maskSize < cidr.length || maskSize > familyBits(family)) {
      refuse(`clusterPool.ipv${family}.maskSize: /${maskSize} is no part of ${formatPrefix(cidr)}`);
    }
    return { cidr, maskSize };
  });
}

function refuse(message: string): never {
  throw new IpamError('invalid-config', message);
}
