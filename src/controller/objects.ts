import type { z } from 'zod';
import type { endpointKind, endpointStatusSchema } from '../resources/endpoint.ts';
import type { PoolSpec, poolKind, poolStatusSchema } from '../resources/pool.ts';
import type { Resource } from '../resources/resource.ts';
import type { SubnetSpec, subnetKind, subnetStatusSchema } from '../resources/subnet.ts';

/** Kinds with the status that the controller writes. */
export type PoolStatus = z.output<typeof poolStatusSchema>;
export type PoolObject = Resource<typeof poolKind, PoolSpec, PoolStatus>;

export type SubnetStatus = z.output<typeof subnetStatusSchema>;
export type SubnetObject = Resource<typeof subnetKind, SubnetSpec, SubnetStatus>;

export type EndpointStatus = z.output<typeof endpointStatusSchema>;
export type InterfaceAddresses = EndpointStatus['current']['ips'][number];
export type Endpoint = Resource<typeof endpointKind, Readonly<Record<string, never>>, EndpointStatus>;
