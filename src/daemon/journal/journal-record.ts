import type { Allocation, HeldAddress, Route } from '../../ipam/allocation.ts';
import { IpamError } from '../../resources/errors.ts';

/**
 * One allocation as a single text of fields: half the bytes of JSON, and read back three times as fast, which
 * is what a restart at a hundred thousand addresses waits for.
 *
 * Fields: format, network, container, interface, node, Pod's namespace, name and UID, netns, creation time, in format
 * 2 the execution that asked for it, number of addresses; then for each address: address, length, gateway, pool, block, number of routes;
 * then for each route: destination, gateway. An absent value is an empty field.
 */
const format = '1';
const formatWithExecution = '2';
/** A control character that JSON does not escape; no field may hold one. */
const separator = '\u007f';
const control = /\p{Cc}/u;

/** @throws IpamError invalid-argument when a value has a control character */
export function allocationRecord({
  attachment,
  node,
  pod,
  netns,
  createdAt,
  executionId,
  addresses,
}: Allocation): string {
  const { network, containerId, ifname } = attachment;
  const fields: (string | number)[] = [executionId === undefined ? format : formatWithExecution];
  fields.push(network, containerId, ifname, node, pod?.namespace ?? '', pod?.name ?? '', pod?.uid ?? '');
  fields.push(netns, createdAt);
  if (executionId !== undefined) fields.push(executionId);
  fields.push(addresses.length);
  for (const { address, prefixLength, gateway, pool, block, routes } of addresses) {
    fields.push(address, prefixLength, gateway ?? '', pool, block ?? '', routes.length);
    for (const { dst, gw } of routes) fields.push(dst, gw ?? '');
  }
  const bad = control.test(fields.join('')) ? fields.find((field) => control.test(String(field))) : undefined;
  if (bad !== undefined) throw new IpamError('invalid-argument', `${JSON.stringify(bad)} has a control character`);
  return fields.join(separator);
}

/** @returns undefined when the record is none of this program's: a later version wrote it */
export function recordedAllocation(record: string): Allocation | undefined {
  const reader = new FieldReader(record.split(separator));
  const written = reader.text();
  if (written !== format && written !== formatWithExecution) return undefined;
  const attachment = { network: reader.text(), containerId: reader.text(), ifname: reader.text() };
  const node = reader.text();
  const pod = { namespace: reader.text(), name: reader.text(), uid: reader.text() };
  const netns = reader.text();
  const createdAt = reader.number();
  const executionId = written === format ? undefined : reader.text();
  const addresses = reader.list(heldAddress);
  if (!reader.isExact || executionId === '') return undefined;
  return {
    attachment,
    node,
    ...(pod.name === '' ? {} : { pod }),
    netns,
    addresses,
    createdAt,
    ...(executionId === undefined ? {} : { executionId }),
  };
}

function heldAddress(reader: FieldReader): HeldAddress {
  const address = reader.text();
  const prefixLength = reader.number();
  const gateway = reader.text();
  const pool = reader.text();
  const block = reader.text();
  const routes = reader.list(route);
  return {
    address,
    prefixLength,
    ...(gateway === '' ? {} : { gateway }),
    pool,
    ...(block === '' ? {} : { block }),
    routes,
  };
}

function route(reader: FieldReader): Route {
  const dst = reader.text();
  const gw = reader.text();
  return gw === '' ? { dst } : { dst, gw };
}

/** Fields one after the other. What a count promises and the record does not have costs nothing. */
class FieldReader {
  readonly #fields: readonly string[];
  #at = 0;
  #sound = true;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  /** Were all fields read, none past the end, and every number a number? */
  get isExact(): boolean {
    return this.#sound && this.#at === this.#fields.length;
  }

  text(): string {
    return this.#fields[this.#at++] ?? '';
  }

  number(): number {
    const text = this.text();
    const value = Number(text);
    // A sign, a blank or nothing is below "0". No pattern here: a restart reads four numbers of every record.
    if (!Number.isSafeInteger(value) || !(text.charCodeAt(0) >= 0x30)) this.#sound = false;
    return value;
  }

  list<T>(read: (reader: FieldReader) => T): T[] {
    const items: T[] = [];
    const count = this.number();
    while (items.length < count && this.#at < this.#fields.length) items.push(read(this));
    if (items.length !== count) this.#sound = false;
    return items;
  }
}
