import { fileURLToPath } from 'node:url';
import { type GrpcObject, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as ClusterTypes } from './generated/cluster.ts';
import type { ProtoGrpcType } from './generated/ipam.ts';
import type { ProtoGrpcType as PeersTypes } from './generated/peers.ts';
import type { ProtoGrpcType as StoreTypes } from './generated/store.ts';
import type { ProtoGrpcType as TopologyTypes } from './generated/topology.ts';

const protoFiles = ['ipam', 'cluster', 'store', 'peers', 'topology'].map((name) =>
  fileURLToPath(new URL(`../../proto/${name}.proto`, import.meta.url)),
);

/** The contract as the generated types in generated/ describe it; the options are those they were made with. */
export const packageDefinition: PackageDefinition = loadSync(protoFiles, {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  keepCase: true,
});

export const contract = (
  loadPackageDefinition(packageDefinition) as GrpcObject as unknown as ProtoGrpcType &
    ClusterTypes &
    StoreTypes &
    PeersTypes &
    TopologyTypes
).ipam;
