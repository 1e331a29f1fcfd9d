import { addressEvents, type HistoryEntry, type HistoryEvent, recordEvents } from './entry.ts';

/**
 * One entry as a line of fields: a fifth of JSON's time to write, and without a line end, so that many are one text.
 *
 * Fields: event, sequence, time, node, network, container, interface, Pod's namespace, name and UID, identity, reason, detail, since (how long
 * before the time), how far the clock was put, then address and pool of each address. Numbers are of base 36; what is absent is empty.
 */
const separator = '\u007f';
const control = /\p{Cc}/u;
const controls = /\p{Cc}+/gu;
const fieldsBeforeAddresses = 15;

/** The order is the format: what is added goes to the end. */
const events: readonly HistoryEvent[] = [...addressEvents, ...recordEvents];

export function entryText(entry: HistoryEntry): string {
  const {
    what,
    sequence,
    at,
    node,
    attachment,
    pod,
    identity = '',
    reason = '',
    detail = '',
    since,
    by,
    addresses,
  } = entry;
  const { network = '', containerId = '', ifname = '' } = attachment ?? {};
  const { namespace = '', name = '', uid = '' } = pod ?? {};
  const fields = [what, number(sequence), number(at), node, network, containerId, ifname, namespace, name, uid];
  fields.push(
    identity,
    reason,
    detail,
    since === undefined ? '' : number(at - since),
    by === undefined ? '' : number(by),
  );
  for (const { address, pool } of addresses) fields.push(address, pool);
  // What an operator or a runtime wrote must not end a line or a field.
  const isClean = !control.test(fields.join(''));
  return (isClean ? fields : fields.map((field) => field.replaceAll(controls, ' '))).join(separator);
}

/** @returns undefined: it is no entry that this version knows */
export function entryOf(text: string): HistoryEntry | undefined {
  const fields = text.split(separator);
  if (fields.length < fieldsBeforeAddresses || (fields.length - fieldsBeforeAddresses) % 2 !== 0) return undefined;
  const [event, sequence, time, node = '', network = '', containerId = '', ifname = ''] = fields;
  const [namespace = '', name = '', uid = '', identity = '', reason = '', detail = '', before = '', by = ''] =
    fields.slice(7);
  const what = events.find((one) => one === event);
  const at = numberOf(time);
  const place = numberOf(sequence);
  if (what === undefined || at === undefined || place === undefined) return undefined;
  const addresses = [];
  for (let index = fieldsBeforeAddresses; index < fields.length; index += 2) {
    addresses.push({ address: fields[index] ?? '', pool: fields[index + 1] ?? '' });
  }
  return {
    what,
    sequence: place,
    at,
    node,
    addresses,
    ...(containerId === '' && ifname === '' ? {} : { attachment: { network, containerId, ifname } }),
    ...(name === '' ? {} : { pod: { namespace, name, uid } }),
    ...(identity === '' ? {} : { identity }),
    ...(reason === '' ? {} : { reason }),
    ...(detail === '' ? {} : { detail }),
    ...(before === '' ? {} : { since: at - (numberOf(before) ?? 0) }),
    ...(by === '' ? {} : { by: numberOf(by) ?? 0 }),
  };
}

/** Many entries as one text; `entriesOf` reads it. */
export function entriesText(entries: readonly HistoryEntry[]): string {
  return entries.map(entryText).join('\n');
}

/** @returns what is readable of it, in its order */
export function entriesOf(text: string): readonly HistoryEntry[] {
  return text.split('\n').flatMap((line) => entryOf(line) ?? []);
}

function number(value: number): string {
  return Math.round(value).toString(36);
}

function numberOf(text = ''): number | undefined {
  const value = Number.parseInt(text, 36);
  return Number.isSafeInteger(value) ? value : undefined;
}
