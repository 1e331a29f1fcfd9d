import { z } from 'zod';
import { parsePrefix } from '../ip/prefix.ts';
import { berthVersion } from './claim.ts';
import { prefixName } from './names.ts';
import type { Resource } from './resource.ts';
import { longestText, prefixPattern, prefixText, strictObject } from './schema.ts';

export const blockKind = 'IPBlock';

const text = z.string().min(1).max(longestText);

/** A block leased to a node. The object's name is the CIDR. */
export const blockSpecSchema = strictObject({
  cidr: prefixText.meta({ pattern: prefixPattern }),
  pool: text,
  node: text,
  /** The daemon whose journal says who has which address of it: nobody else gives addresses of it, or hands it back. */
  daemon: text,
});

/** What must be there beside the CIDR. */
export const blockTexts = ['pool', 'node', 'daemon'] as const;

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
