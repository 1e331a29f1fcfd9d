import { z } from 'zod';
import { atomic, strictObject } from './schema.ts';

export const endpointKind = 'SpiderEndpoint';

/** All that an endpoint says is derived: it has a status only. */
export const endpointSpecSchema = strictObject({});

const text = z.string();

const interfaceAddresses = strictObject({
  interface: text.describe('Name of the interface in the Pod.'),
  ipv4: text.optional().describe('With the length of its subnet, as in 10.0.0.5/24.'),
  ipv6: text.optional().describe('With the length of its subnet.'),
  ipv4Pool: text.optional(),
  ipv6Pool: text.optional(),
  vlan: z.int().min(0).max(4094).optional().meta({ default: 0 }),
  ipv4Gateway: text.optional(),
  ipv6Gateway: text.optional(),
  cleanGateway: z.boolean().optional().describe('No default route through this interface.'),
  routes: z.array(strictObject({ dst: text, gw: text })).optional(),
  mac: text.optional().describe('Hardware address, as in aa:bb:cc:dd:ee:ff, where something else gave it.'),
});

/** Spiderpool's WorkloadEndpointStatus (v2beta1): the addresses that a Pod has. Named after the Pod, in its namespace. */
export const endpointStatusSchema = strictObject({
  current: strictObject({
    uid: text.describe("The Pod's uid."),
    node: text,
    ips: z.array(interfaceAddresses),
  }),
  ownerControllerType: text.describe("Kind of the Pod's topmost controller; None without one."),
  ownerControllerName: text,
}).meta(atomic);
