import { z } from 'zod';
import { familyNumber } from '../../resources/schema.ts';
import { purposeText } from '../../resources/topology/schema.ts';

/** Our own keys of the `ipam` section. */
export const keys = {
  daemonSocket: z.string().startsWith('/', 'not an absolute path').optional(),
  clusterCIDR: z.string().optional(),
  nodeBlockSize: z.int().min(0).max(32).optional(),
  purpose: purposeText.optional(),
  pools: z.array(z.string().min(1)).min(1).max(64).optional(),
  families: z
    .array(familyNumber)
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'an IP family stands twice')
    .optional(),
};
export type BerthSection = z.output<z.ZodObject<typeof keys>>;

/** The names under which our executables are installed. */
export const programs = ['ipam-plugin', 'ipam-cni', 'cni-plugin'];
