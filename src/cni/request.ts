import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { type Prefix, parsePrefix } from '../ip/prefix.ts';
import type { AllocateRequest, PoolSource } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';
import { parseCniArgs } from './args.ts';
import type { AttachmentEnvironment } from './environment.ts';
import { inlineSets } from './host-local-ranges.ts';
import {
  type IpamSection,
  isSpiderpools,
  type NetworkConfig,
  parseRequested,
  type RangeSection,
} from './network-config.ts';

/** Translates one ADD, whichever dialect its configuration is in. @throws IpamError invalid-config, invalid-argument */
export function allocateRequest(network: NetworkConfig, environment: AttachmentEnvironment): AllocateRequest {
  const { ipam } = network;
  if (ipam === undefined) throw refuse(network, 'there is no "ipam" section');
  const args = parseCniArgs(environment.args);
  const routes = ipam.routes?.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw }));
  return {
    attachment: { network: network.name, containerId: environment.containerId, ifname: environment.ifname },
    ...(args.pod === undefined ? {} : { pod: args.pod }),
    netns: environment.netns,
    source: sourceOf(network, ipam),
    families: ipam.families ?? [],
    requested: requestedAddresses(network, args.ips),
    ...(routes === undefined ? {} : { routes }),
    ...(isSpiderpools(ipam) ? { defaultRoute: true, cleanGateway: ipam.clean_gateway ?? false } : {}),
  };
}

/** Where the addresses of a network come from. @throws IpamError invalid-config */
export function sourceOf(network: NetworkConfig, ipam: IpamSection): PoolSource {
  // The order is host-local's: what the runtime asks for comes first.
  const sets = [...(network.runtimeConfig?.ipRanges ?? []), ...legacyRange(network, ipam), ...(ipam.ranges ?? [])];
  const names = { 4: ipam.default_ipv4_ippool ?? [], 6: ipam.default_ipv6_ippool ?? [] };
  const wishes = names[4].length + names[6].length > 0;
  const named = [
    sets.length > 0 && 'ranges',
    ipam.pools && 'pools',
    ipam.clusterCIDR && 'clusterCIDR',
    wishes && 'default_ipv4_ippool or default_ipv6_ippool',
  ].filter(Boolean);
  if (named.length > 1) throw refuse(network, `ipam names ${named.join(' and ')}; one of them must do`);
  const networkName = ipam.network_name ?? '';
  if (sets.length > 0) {
    const scope = networkName === '' ? {} : { networkName };
    return { kind: 'ranges', sets: inlineSets(network.name, sets), ...scope };
  }
  if (networkName !== '') throw refuse(network, 'ipam.network_name needs ranges');
  if (ipam.pools !== undefined) return { kind: 'named', pools: ipam.pools };
  if (wishes) return { kind: 'wish', wish: { origin: `configuration of network "${network.name}"`, names } };
  if (ipam.clusterCIDR === undefined) return { kind: 'default' };
  const blockSize = ipam.nodeBlockSize === undefined ? {} : { blockSize: ipam.nodeBlockSize };
  return { kind: 'subnet', subnets: clusterSubnets(network, ipam.clusterCIDR), ...blockSize };
}

/**
 * host-local's older form: the keys of one range directly in the section. Without a subnet it passes them over when there
 * are ranges beside them.
 */
function legacyRange(network: NetworkConfig, ipam: IpamSection): readonly RangeSection[][] {
  const { subnet, rangeStart, rangeEnd, gateway } = ipam;
  if (subnet !== undefined) return [[{ subnet, rangeStart, rangeEnd, gateway }]];
  if (ipam.ranges !== undefined && ipam.ranges.length > 0) return [];
  for (const [key, value] of Object.entries({ rangeStart, rangeEnd, gateway })) {
    if (value !== undefined) throw refuse(network, `ipam.${key} ${value} needs ipam.subnet`);
  }
  return [];
}

function clusterSubnets(network: NetworkConfig, text: string): readonly Prefix[] {
  try {
    return text.split(',').map((part) => parsePrefix(part.trim()));
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw refuse(network, `ipam.clusterCIDR: ${error.message}`);
  }
}

function requestedAddresses(network: NetworkConfig, fromArgs: readonly string[]): readonly Address[] {
  const texts = [...(network.args?.cni?.ips ?? []), ...(network.runtimeConfig?.ips ?? [])];
  const addresses = new Map<string, Address>();
  for (const text of texts) addresses.set(text, parseAddress(text));
  for (const text of fromArgs) {
    try {
      const address = parseRequested(text);
      addresses.set(formatAddress(address), address);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      throw new IpamError('invalid-argument', `CNI_ARGS: IP: ${error.message}`, { facts: { source: 'environment' } });
    }
  }
  return [...addresses.values()];
}

function refuse(network: NetworkConfig, message: string): IpamError {
  return new IpamError('invalid-config', `network "${network.name}": ${message}`);
}
