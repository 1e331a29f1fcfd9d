import { isAddressOfNode } from '../dialects/cilium/node-address.ts';
import { configuredRequest } from '../dialects/configured-request.ts';
import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { type Stay, stayOf } from '../ipam/bind/stay.ts';
import type { AllocateRequest, CniExecution } from '../ipam/request.ts';
import { exactly } from '../ipam/requested-address.ts';
import { IpamError } from '../resources/errors.ts';
import { type CniArgs, parseCniArgs } from './args.ts';
import type { AttachmentEnvironment } from './environment.ts';
import { type IpamSection, type NetworkConfig, parseRequested } from './network-config.ts';

/**
 * Translates one ADD, whichever dialect its configuration is in.
 * @param execution what its executable tells of itself; absent: the ADD may be repeated at any time
 * @throws IpamError invalid-config, invalid-argument
 */
export function allocateRequest(
  network: NetworkConfig,
  environment: AttachmentEnvironment,
  execution?: CniExecution,
): AllocateRequest {
  const { ipam } = network;
  const { containerId } = environment;
  if (ipam === undefined) {
    throw new IpamError('invalid-config', `network "${network.name}": there is no "ipam" section`);
  }
  const args = parseCniArgs(environment.args);
  const { requested = [], ...asked } = sectionRequest(network, ipam);
  const stay = askedStay(network, args);
  const isOfNode = isAddressOfNode(containerId, args.pod);
  return {
    attachment: { network: network.name, containerId, ifname: environment.ifname },
    ...(args.pod === undefined || isOfNode ? {} : { pod: args.pod }),
    // Nothing is ever there, and nobody may take its end for the end of a container.
    netns: isOfNode ? '' : environment.netns,
    ...(isOfNode || execution === undefined ? {} : { execution }),
    ipamType: ipam.type,
    ...asked,
    ...(stay === undefined ? {} : { stay }),
    requested: [...requested, ...requestedAddresses(network, args.ips).map(exactly)],
  };
}

/** For whom the address is to stay, by `CNI_ARGS`, or by the conventions' `args.cni` of the configuration. @throws IpamError */
function askedStay(network: NetworkConfig, { identity, keep }: CniArgs): Stay | undefined {
  const { identity: configured, keep: how } = network.args?.cni ?? {};
  const byArgs = stayOf({
    identity,
    keep,
    origin: 'CNI_ARGS',
    names: { identity: 'IDENTITY', keep: 'KEEP' },
    code: 'invalid-argument',
    facts: { source: 'environment' },
  });
  const origin = `network "${network.name}"`;
  const byConfig = stayOf({
    identity: configured,
    keep: how === undefined ? undefined : String(how),
    origin,
    names: { identity: 'args.cni.identity', keep: 'args.cni.keep' },
    code: 'invalid-config',
  });
  if (byArgs === undefined || byConfig === undefined) return byArgs ?? byConfig;
  throw new IpamError('invalid-config', `${origin}: CNI_ARGS and args.cni both say for whom the address stays`, {
    advice: 'leave one of them out',
  });
}

/** What a network's configuration asks for by itself. @throws IpamError invalid-config */
export function sectionRequest(network: NetworkConfig, ipam: IpamSection): ReturnType<typeof configuredRequest> {
  const of = { network: network.name, type: ipam.type, runtime: network.runtimeConfig ?? {} };
  const routes = ipam.routes?.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw }));
  return { ...configuredRequest(ipam, of), ...(routes === undefined ? {} : { routes }) };
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
