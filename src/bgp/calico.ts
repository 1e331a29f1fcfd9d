import { type Family, familyBits, formatAddress } from '../ip/address.ts';
import { formatPrefix, type Prefix } from '../ip/prefix.ts';
import { prefixName } from '../resources/names.ts';
import { families, ofFamily, type Peer, type Speaker } from './speaker.ts';

const apiVersion = 'projectcalico.org/v3';
const filterName = 'berth';

/** Objects for `calicoctl apply`, and what is to know of them. */
export interface CalicoRendered {
  readonly objects: readonly CalicoObject[];
  readonly notes: readonly string[];
}

export interface CalicoObject {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'BGPConfiguration' | 'BGPFilter' | 'BGPPeer' | 'IPPool' | 'Node';
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Lengths of blocks of which Calico's own IPAM would give addresses: it wants one, and gives none. */
const blockSizes: Readonly<Record<Family, number>> = { 4: 26, 6: 122 };

/**
 * What Calico 3.26 and later needs to carry the routes of addresses that it does not give out: sessions to the leaves in the place of
 * the mesh of all nodes, what may pass them, and the prefixes of the cluster as pools that its own IPAM leaves alone: what is in none
 * is for Calico outside of the cluster, and hidden behind the node's address.
 * @param speakers of one cluster
 */
export function calicoObjects(speakers: readonly Speaker[]): CalicoRendered {
  const [first] = speakers;
  const filter = first === undefined ? [] : filterOf(first);
  const objects = [
    object('BGPConfiguration', 'default', { logSeverityScreen: 'Info', nodeToNodeMeshEnabled: false }),
    ...(first?.within ?? []).map(poolOf),
    ...filter,
    ...speakers.map(nodeOf),
    ...speakers.flatMap((speaker) => speaker.peers.map((peer) => peerOf(speaker, peer, filter.length > 0))),
  ];
  return {
    objects,
    notes: [
      'Calico announces each address of a Pod on its own: the blocks are none of its IPAM',
      ...(speakers.some(({ peers }) => peers.some(({ bfd }) => bfd))
        ? ['it has no BFD: a peer is missed when the hold time is over']
        : []),
    ],
  };
}

function object(kind: CalicoObject['kind'], name: string, spec: CalicoObject['spec']): CalicoObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

function poolOf(prefix: Prefix): CalicoObject {
  const open = { ipipMode: 'Never', vxlanMode: 'Never', natOutgoing: false };
  const blockSize = Math.max(blockSizes[prefix.address.family], prefix.length);
  const name = `${filterName}-${prefixName(prefix)}`;
  return object('IPPool', objectName(name), {
    ...{ cidr: formatPrefix(prefix), blockSize },
    ...open,
    ...{ disabled: true, nodeSelector: 'all()' },
  });
}

function filterOf({ within }: Speaker): readonly CalicoObject[] {
  const rules = families.map((family) => [family, ofFamily(within, family)] as const);
  const spec = Object.fromEntries(
    rules
      .filter(([, prefixes]) => prefixes.length > 0)
      .flatMap(([family, prefixes]) => {
        const accepted = prefixes.map((prefix) => ({
          action: 'Accept',
          matchOperator: 'In',
          cidr: formatPrefix(prefix),
        }));
        const all = [...accepted, { action: 'Reject' }];
        return [
          [`exportV${family}`, all],
          [`importV${family}`, all],
        ];
      }),
  );
  return Object.keys(spec).length === 0 ? [] : [object('BGPFilter', filterName, spec)];
}

/** The address of a session's end, as long as its family's are: of the segment's length Calico needs nothing here. */
function nodeOf(speaker: Speaker): CalicoObject {
  const own = (family: Family) => speaker.peers.find(({ source }) => source?.family === family)?.source;
  const addresses = families.flatMap((family) => {
    const source = own(family);
    return source === undefined ? [] : [[`ipv${family}Address`, `${formatAddress(source)}/${familyBits(family)}`]];
  });
  return object('Node', speaker.name, { bgp: { asNumber: speaker.asn, ...Object.fromEntries(addresses) } });
}

function peerOf({ name, settings }: Speaker, peer: Peer, isFiltered: boolean): CalicoObject {
  const restart = settings.gracefulRestartSeconds;
  return object('BGPPeer', objectName(`${name}-to-${peer.name}${peer.address.family === 6 ? '-v6' : ''}`), {
    node: name,
    peerIP: formatAddress(peer.address),
    asNumber: peer.asn,
    keepOriginalNextHop: false,
    ...(restart === undefined ? {} : { maxRestartTime: `${restart}s` }),
    ...(isFiltered ? { filters: [filterName] } : {}),
  });
}

/** RFC 1123, as names of objects are. */
function objectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 253);
}
