import { AddressError } from '../../ip/errors.ts';
import { type Prefix, parsePrefix } from '../../ip/prefix.ts';
import type { PoolSource } from '../../ipam/request.ts';
import { IpamError } from '../../resources/errors.ts';
import type { ConfigurationRequest, NamedSource, SectionOf } from '../dialect.ts';
import type { BerthSection } from './configuration.ts';

export function configurationToRequest(section: BerthSection, { network }: SectionOf): ConfigurationRequest {
  const { pools, purpose, clusterCIDR, nodeBlockSize, families } = section;
  const sources: NamedSource[] = [];
  if (pools !== undefined) sources.push({ key: 'pools', source: () => ({ kind: 'named', pools }) });
  if (purpose !== undefined) sources.push({ key: 'purpose', source: () => ({ kind: 'purpose', purpose }) });
  if (clusterCIDR !== undefined) {
    const source = (): PoolSource => ({
      kind: 'subnet',
      subnets: clusterSubnets(network, clusterCIDR),
      ...(nodeBlockSize === undefined ? {} : { blockSize: nodeBlockSize }),
    });
    sources.push({ key: 'clusterCIDR', source });
  }
  return { sources, ...(families === undefined ? {} : { families }) };
}

/** @throws IpamError invalid-config */
function clusterSubnets(network: string, text: string): readonly Prefix[] {
  try {
    return text.split(',').map((part) => parsePrefix(part.trim()));
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new IpamError('invalid-config', `network "${network}": ipam.clusterCIDR: ${error.message}`);
  }
}
