import { fileURLToPath } from 'node:url';
import { type GrpcObject, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType } from './generated/ipam.ts';

const protoFile = fileURLToPath(new URL('../../proto/ipam.proto', import.meta.url));

/** The contract as the generated types in generated/ describe it; the options are those they were made with. */
export const packageDefinition: PackageDefinition = loadSync(protoFile, {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  keepCase: true,
});

export const contract = (loadPackageDefinition(packageDefinition) as GrpcObject as unknown as ProtoGrpcType).ipam;
