import { z } from 'zod';
import { IpamError } from '../resources/errors.ts';
import { parseJsonText } from '../resources/json-text.ts';
import { parseWith } from '../resources/schema.ts';
import { type Place, placesById, type Topology } from '../resources/topology/topology.ts';

/** What is at the other end of a link of this machine, as lldpd heard it. */
export interface Neighbour {
  /** Of this machine. */
  readonly interface: string;
  /** The system's name, as it says it; a domain name, or the first part of one. */
  readonly system: string;
}

const json = z.unknown();
const record = z.record(z.string(), json);

/**
 * What `lldpctl -f json` or `lldpctl -f json0` printed: the first has an object where there is one of something and a list where
 * there are several, and names as keys; the second lists throughout. What tells no name of its system is left out.
 * @param file for messages @throws IpamError invalid-config
 */
export function lldpNeighbours(text: string, file: string): readonly Neighbour[] {
  const root = parseWith(record, parseJsonText(text, file), file);
  if (root.lldp === undefined) {
    throw new IpamError('invalid-config', `${file}: there is no "lldp" in it`, {
      advice: 'write it by lldpctl -f json0',
    });
  }
  return each(root.lldp)
    .flatMap(({ interface: interfaces }) => namedEach(interfaces))
    .flatMap(neighbourOf);
}

function neighbourOf({ name, fields }: Named): readonly Neighbour[] {
  const system = namedEach(fields.chassis).find((chassis) => chassis.name !== '')?.name;
  return system === undefined ? [] : [{ interface: name, system }];
}

interface Named {
  /** Empty: it has none. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of one or several, each with its name: as its key, or as a field of it. */
function namedEach(value: unknown): readonly Named[] {
  return each(value).flatMap((fields): readonly Named[] => {
    const own = nameIn(fields.name);
    if (own !== '') return [{ name: own, fields }];
    const keyed = Object.entries(fields).flatMap(([name, inner]) => each(inner).map((of) => ({ name, fields: of })));
    // A chassis without a system's name has fields where the name would be.
    return 'id' in fields ? [{ name: '', fields }] : keyed;
  });
}

/** `"eth0"`, or `[{"value": "tor-1"}]`. */
function nameIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const [first] = each(value);
  return typeof first?.value === 'string' ? first.value : '';
}

function each(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => {
    const read = record.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

/**
 * The top-of-rack switch that a machine is connected to: the first of its neighbours that is one, by its id or its name. Without a
 * topology nobody knows which of them are, and none is.
 * @returns undefined: none of them is
 */
export function torAmong(neighbours: readonly Neighbour[], topology: Topology | undefined): string | undefined {
  const byWord = new Map<string, Place>();
  for (const tor of topology === undefined ? [] : placesById(topology, 'tor').values()) {
    byWord.set(tor.name.toLowerCase(), tor);
    byWord.set(tor.id, tor);
  }
  for (const { system } of neighbours) {
    const word = system.toLowerCase();
    const found = byWord.get(word) ?? byWord.get(word.split('.')[0] ?? '');
    if (found !== undefined) return found.id;
  }
  return undefined;
}
