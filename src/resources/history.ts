import { z } from 'zod';
import { berthVersion } from './claim.ts';
import { digest } from './digest.ts';
import type { Resource } from './resource.ts';
import { atomic, longestText, strictObject } from './schema.ts';

export const historyKind = 'IPHistory';
export const historySegmentKind = 'IPHistorySegment';

/**
 * Under this name stands beside what nodes have shared what was taken back without their daemons: by the controller, or where there is none by
 * the daemons that look in turn. No node has it.
 */
export const reclaimRecord = 'ipam-controller';

const node = z.string().min(1).max(longestText);
const time = z.int().min(0);
const sequence = z.int().min(1);

/** Segments of one record: the room that a record has is full long before. */
export const mostSegments = 64;
/** Characters of one segment: 512 entries packed are 35,000, and an entry is 4 kB at most, mostly of text that packs well. */
export const longestSegment = 512 * 1024;

const segment = strictObject({ first: sequence, last: sequence, until: time });

/** Which segments of the record of a node's daemon are shared: so much of it is there when the node is not any more. */
export const historySpecSchema = strictObject({
  node,
  /** When the record was begun, milliseconds since 1970: one that its node lost is another. */
  begun: time,
  segments: z.array(segment).max(mostSegments),
}).meta(atomic);

/** Entries of a record that follow one another, packed: see docs/history.md. */
export const historySegmentSpecSchema = strictObject({
  node,
  begun: time,
  /** Numbers of the first and the last entry. */
  first: sequence,
  last: sequence,
  packed: z.string().min(1).max(longestSegment),
}).meta(atomic);

export type HistorySpec = z.output<typeof historySpecSchema>;
export type HistorySegmentSpec = z.output<typeof historySegmentSpecSchema>;
export type HistoryResource = Resource<typeof historyKind, HistorySpec>;
export type HistorySegmentResource = Resource<typeof historySegmentKind, HistorySegmentSpec>;

export function historyName({ node: of, begun }: Pick<HistorySpec, 'node' | 'begun'>): string {
  return `${digest(of)}.${begun.toString(36)}`;
}

export function historySegmentName({ first, ...record }: Pick<HistorySegmentSpec, 'node' | 'begun' | 'first'>): string {
  return `${historyName(record)}.${first.toString(36)}`;
}

export function newHistory(spec: HistorySpec): HistoryResource {
  return { apiVersion: berthVersion, kind: historyKind, metadata: { name: historyName(spec) }, spec };
}

export function newHistorySegment(spec: HistorySegmentSpec): HistorySegmentResource {
  return { apiVersion: berthVersion, kind: historySegmentKind, metadata: { name: historySegmentName(spec) }, spec };
}
