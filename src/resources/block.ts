import { z } from 'zod';
import { parsePrefix } from '../ip/prefix.ts';
import { berthVersion } from './claim.ts';
import { prefixName } from './names.ts';
import type { Resource } from './resource.ts';
import { prefixText, strictObject } from './schema.ts';

export const blockKind = 'IPBlock';

/** A block leased to a node. The object's name is the CIDR. */
export const blockSpecSchema = strictObject({
  cidr: prefixText,
  pool: z.string().min(1),
  node: z.string().min(1),
  /** The daemon whose journal says who has which address of it: nobody else gives addresses of it, or hands it back. */
  daemon: z.string().min(1),
});

export type BlockSpec = z.output<typeof blockSpecSchema>;
export type Block = Resource<typeof blockKind, BlockSpec>;

export function newBlock(spec: BlockSpec): Block {
  return {
    apiVersion: berthVersion,
    kind: blockKind,
    metadata: { name: prefixName(parsePrefix(spec.cidr)) },
    spec,
  };
}
