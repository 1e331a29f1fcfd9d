import type { z } from 'zod';
import { parseAddress } from '../../ip/address.ts';
import { parsePrefix } from '../../ip/prefix.ts';
import { strictObject } from '../schema.ts';
import { checkTopology } from './check-topology.ts';
import type { TopologyProblems } from './problems.ts';
import { type Fields, readWith, requireList, requireObject, without } from './read-fields.ts';
import {
  mostChildren,
  mostSubnets,
  placeSubnetSchema,
  podShape,
  rootShape,
  torShape,
  usualAbovePercent,
  zoneShape,
} from './schema.ts';
import type { Expansion, Level, Path, Place, PlaceSubnet, Ranged, Topology } from './topology.ts';

/** What a level is called where it is listed, and what it may hold beside its own fields. */
interface Form {
  readonly level: Level;
  readonly own: z.ZodType<OwnFields>;
  /** Keys that its own schema does not read. */
  readonly inner: readonly string[];
  readonly children: { readonly key: string; readonly form: Form } | undefined;
}

interface OwnFields {
  readonly id: string;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly cidr?: string | undefined;
  readonly subnet_ranges?: string[] | undefined;
}

const torForm: Form = { level: 'tor', own: strictObject(torShape), inner: ['subnets'], children: undefined };
const podForm: Form = {
  level: 'pod',
  own: strictObject(podShape),
  inner: ['subnets', 'tors'],
  children: { key: 'tors', form: torForm },
};
const zoneForm: Form = {
  level: 'zone',
  own: strictObject(zoneShape),
  inner: ['subnets', 'pods'],
  children: { key: 'pods', form: podForm },
};
const rootSchema = strictObject(rootShape);

/**
 * Reads a topology and checks it. Each place is read by itself: what is wrong with one keeps no other from being looked at, so that
 * its author hears of all mistakes at once.
 * @param at where the value stands in what its author wrote
 * @returns what could be read; all of it where nothing was added to `problems`
 */
export function readTopology(value: unknown, problems: TopologyProblems, at: Path = []): Topology {
  const root = requireObject(value, at, problems, 'a topology is an object with a list of zones');
  if (root === undefined) return { ranges: [], zones: [], expansion: expansionOf(undefined), grown: [] };
  const own = readWith(rootSchema, without(root, ['zones']), at, problems, ['zones']);
  const ranges = rangesOf({ cidr: own?.cluster_cidr, subnet_ranges: own?.subnet_ranges }, at, 'cluster_cidr');
  if (root.zones === undefined) problems.add(at, 'zones: is missing: a list', 'list the availability zones');
  const zones = placesIn(root, 'zones', zoneForm, undefined, at, problems);
  const topology = { ranges, zones, expansion: expansionOf(own?.expansion), grown: [] };
  checkTopology(topology, problems);
  return topology;
}

function expansionOf(said: z.output<typeof rootSchema>['expansion']): Expansion {
  return { subnets: said?.subnets ?? 'routed', abovePercent: said?.above_percent ?? usualAbovePercent };
}

function placesIn(
  holder: Fields,
  key: string,
  form: Form,
  parent: Place | undefined,
  at: Path,
  problems: TopologyProblems,
): readonly Place[] {
  const path = [...at, key];
  const list = requireList(holder[key], path, mostChildren, problems);
  return list.flatMap((value, index) => placeOf(value, form, parent, [...path, index], problems) ?? []);
}

/** A place whose own fields cannot be read is there all the same, without an id, so that what is in it is looked at. */
function placeOf(
  value: unknown,
  form: Form,
  parent: Place | undefined,
  path: Path,
  problems: TopologyProblems,
): Place | undefined {
  const fields = requireObject(value, path, problems, 'an object with an id belongs here');
  if (fields === undefined) return undefined;
  const own = readWith(form.own, without(fields, form.inner), path, problems, form.inner);
  const children: Place[] = [];
  const place: Place = {
    level: form.level,
    id: own?.id ?? '',
    name: own?.name ?? own?.id ?? '',
    location: own?.location ?? '',
    ranges: rangesOf(own ?? {}, path, 'cidr'),
    subnets: subnetsIn(fields, path, problems),
    parent,
    children,
    path,
  };
  if (form.children !== undefined) {
    children.push(...placesIn(fields, form.children.key, form.children.form, place, path, problems));
  }
  return place;
}

function subnetsIn(holder: Fields, at: Path, problems: TopologyProblems): readonly PlaceSubnet[] {
  const path = [...at, 'subnets'];
  return requireList(holder.subnets, path, mostSubnets, problems).flatMap((value, index) => {
    const place = [...path, index];
    if (requireObject(value, place, problems, 'write {"cidr": …, "purpose": …}') === undefined) return [];
    const spec = readWith(placeSubnetSchema, value, place, problems, []);
    return spec === undefined ? [] : [subnetOf(spec, place, false)];
  });
}

/** @param isGrown see `PlaceSubnet` */
export function subnetOf(spec: z.output<typeof placeSubnetSchema>, path: Path, isGrown: boolean): PlaceSubnet {
  return {
    prefix: parsePrefix(spec.cidr),
    path: [...path, 'cidr'],
    purpose: spec.purpose ?? 'default',
    gateway: spec.gateway === undefined ? undefined : parseAddress(spec.gateway),
    vlan: spec.vlan,
    blockSize: spec.block_size,
    isGrown,
  };
}

function rangesOf(
  { cidr, subnet_ranges: more = [] }: Pick<OwnFields, 'cidr' | 'subnet_ranges'>,
  at: Path,
  key: string,
): readonly Ranged[] {
  const first = cidr === undefined ? [] : [{ prefix: parsePrefix(cidr), path: [...at, key] }];
  return [
    ...first,
    ...more.map((text, index) => ({ prefix: parsePrefix(text), path: [...at, 'subnet_ranges', index] })),
  ];
}
