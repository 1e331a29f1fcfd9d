import { status } from '@grpc/grpc-js';
import { type BlockSpec, newBlock } from '../../src/resources/block.ts';
import { claimSpecSchema, newClaim } from '../../src/resources/claim.ts';
import type { Pair } from '../../src/tls/issue.ts';
import type { ClusterWorld } from './cluster-world.ts';
import { type Ended, type Service, tlsOver, untilEnd } from './raw-client.ts';

/** What somebody tries on a member of a cluster, and what becomes of it; columns of docs/security.md. */
export interface ClusterAttack {
  readonly attack: string;
  readonly answer: string;
  readonly audit: string;
  readonly run: (world: ClusterWorld) => Promise<string>;
}

const ended = 'the connection ends';
const denied = 'PERMISSION_DENIED';
const at = 'ipam-2';

/** Is a request on the port of consensus answered? */
async function asPeer(world: ClusterWorld, card: Pair | undefined): Promise<string> {
  const stream = await tlsOver(await world.tcp(at, 7001), card, { ALPNProtocols: ['http/1.1'] });
  stream.write('GET /members HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n\r\n');
  const text = (await untilEnd(stream)).toString();
  return text === '' ? ended : (text.split('\r\n')[0] ?? '');
}

const asCaller =
  (port: 7000 | 9090, card: (world: ClusterWorld) => Pair | undefined): ClusterAttack['run'] =>
  async (world) =>
    named(await world.call(at, port, card(world), ['IPAM', 'ListPools', {}]));

const asNode =
  (request: (world: ClusterWorld) => Promise<readonly [Service, string, object]>): ClusterAttack['run'] =>
  async (world) =>
    named(await world.call(at, 7000, world.card('ipam-4'), await request(world)));

function named({ status: code }: Ended): string {
  return code === 'cut' ? ended : (status[code] ?? String(code));
}

/** One of the pool's that is nobody's yet. */
async function blockFor(world: ClusterWorld, node: string) {
  const { spec } = await world.stored<BlockSpec>('IPBlock', node);
  return newBlock({ ...spec, cidr: '10.244.200.0/24' });
}

const nobody = (): undefined => undefined;
const stranger = (world: ClusterWorld): Pair => world.card('ipam-9', world.otherPki);
const join = {
  name: 'ipam-4',
  address: '10.77.0.4:7000',
  cluster_name: 'berth',
  reached_at: '10.77.0.2:7000',
  tls: true,
};

export const clusterAttacks: readonly ClusterAttack[] = [
  {
    attack: "no certificate, on a member's port for other daemons",
    answer: ended,
    audit: 'no-certificate',
    run: asCaller(7000, nobody),
  },
  {
    attack: "no certificate, on a member's gRPC port",
    answer: ended,
    audit: 'no-certificate',
    run: asCaller(9090, nobody),
  },
  {
    attack: 'no certificate, on the port of consensus',
    answer: ended,
    audit: 'no-certificate',
    run: (world) => asPeer(world, undefined),
  },
  {
    attack: "a member's certificate of another authority, on a member's port for other daemons",
    answer: ended,
    audit: 'untrusted-certificate',
    run: asCaller(7000, stranger),
  },
  {
    attack: "a member's certificate of another authority, on a member's gRPC port",
    answer: ended,
    audit: 'untrusted-certificate',
    run: asCaller(9090, stranger),
  },
  {
    attack: "a member's certificate of another authority, on the port of consensus",
    answer: ended,
    audit: 'untrusted-certificate',
    run: (world) => asPeer(world, stranger(world)),
  },
  {
    attack: "a node's certificate, on the port of consensus",
    answer: ended,
    audit: 'no-member',
    run: (world) => asPeer(world, world.card('ipam-4')),
  },
  {
    attack: "an admin's certificate, on the port of consensus",
    answer: ended,
    audit: 'no-member',
    run: (world) => asPeer(world, world.card('alice')),
  },
  {
    attack: 'a node asks to become a member',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async () => ['Cluster', 'Join', join]),
  },
  {
    attack: 'a node takes a snapshot of the cluster',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async () => ['Cluster', 'Snapshot', {}]),
  },
  {
    attack: 'a node removes a member',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async () => ['Cluster', 'RemoveMember', { member: 'ipam-3' }]),
  },
  {
    attack: 'a node makes a block of another node, past its own daemon',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => ['Store', 'Create', { json: JSON.stringify(await blockFor(world, 'ipam-5')) }]),
  },
  {
    attack: 'a node takes over the block of another node',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => {
      const block = await world.stored('IPBlock', 'ipam-5');
      const taken = { ...block, spec: { ...(block.spec as object), node: 'ipam-4', daemon: 'ipam-4' } };
      return ['Store', 'Update', { json: JSON.stringify(taken) }];
    }),
  },
  {
    attack: 'a node deletes the block of another node',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => {
      const { kind, metadata } = await world.stored('IPBlock', 'ipam-5');
      return ['Store', 'Delete', { key: { kind, name: metadata.name } }];
    }),
  },
  {
    attack: 'a node claims an address for another node',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => {
      const claim = await world.stored('IPClaim', 'ipam-5');
      const spec = claimSpecSchema.parse({ ...(claim.spec as object), address: '10.60.99.99' });
      return ['Store', 'Create', { json: JSON.stringify(newClaim(spec)) }];
    }),
  },
  {
    attack: 'a node deletes the claim of another node',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => {
      const { kind, metadata } = await world.stored('IPClaim', 'ipam-5');
      return ['Store', 'Delete', { key: { kind, name: metadata.name } }];
    }),
  },
  {
    attack: 'a node makes a pool that is nobody’s network configuration',
    answer: denied,
    audit: 'permission-denied',
    run: asNode(async (world) => {
      const pool = await world.stored('SpiderIPPool', '');
      const { resourceVersion: _version, uid: _uid, creationTimestamp: _time, ...metadata } = pool.metadata;
      return ['Store', 'Create', { json: JSON.stringify({ ...pool, metadata: { ...metadata, name: 'mine' } }) }];
    }),
  },
];
