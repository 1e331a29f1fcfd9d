import { packageDefinition } from '../../src/api/proto.ts';
import type { Random } from '../kit/random.ts';

/** A field of a message as the loaded contract describes it. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly typeName: string;
}

const pool = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec });
const reserved = (name: string, ips: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: 'SpiderReservedIP',
    metadata: { name },
    spec: { ips },
  });

const anyText = ['', 'a', 'a/b', ' ', '\0', '\u007f', '\ud800', 'x'.repeat(300), '__proto__', '-1', '10.0.0.2'];
const addresses = ['10.0.0.2', '10.0.0.3', '10.0.0.18', 'fd00::2', '10.9.0.2', '255.255.255.255', '::'];

/** Values that are likely to mean something in a field of this name. */
const likely: Readonly<Record<string, readonly string[]>> = {
  node_id: ['node1', 'node2', ''],
  container_id: ['c1', 'c2'],
  network: ['', 'net'],
  ifname: ['', 'eth0', 'net1'],
  pod_name: ['', 'web'],
  pod_namespace: ['', 'default'],
  namespace: ['', 'default'],
  pool: ['', 'cluster-ipv4', 'cluster-ipv6', 'blue', 'absent'],
  pools: ['cluster-ipv4', 'cluster-ipv6', 'blue'],
  ip: addresses,
  ips: addresses,
  continue_token: ['', ...addresses],
  cidr: ['10.0.0.0/28', '10.0.0.16/28', 'fd00::/120', '10.0.0.1/28'],
  kind: ['pool', 'SpiderIPPool', 'reservedip', 'block', 'claim'],
  name: ['cluster-ipv4', 'blue', 'printers', 'web'],
  from_version: ['', '0', '1', '-1', '2.5', '1e9'],
  json: [
    pool('blue', { subnet: '10.9.0.0/29' }),
    pool('blue', { subnet: '10.9.0.0/29', ips: ['10.9.0.2-10.9.0.3'], default: true, cooldown: 0 }),
    pool('blue', { subnet: 'fd09::/64', gateway: 'fd09::1', routes: [{ dst: '::/0', gw: 'fd09::1' }] }),
    pool('blue', { subnet: '10.9.0.0/24', blockSize: 30 }),
    pool('cluster-ipv4', { ipVersion: 4, subnet: '10.0.0.0/26', blockSize: 28, default: true, disable: true }),
    pool('cluster-ipv4', { ipVersion: 4, subnet: '10.0.0.0/26', blockSize: 28, excludeIPs: ['10.0.0.2'] }),
    reserved('printers', ['10.0.0.3', 'fd00::2-fd00::9']),
    reserved('printers', ['10.0.0.0/27']),
    reserved('printers', ['0.0.0.0/0', '::/0']),
    '{',
  ],
};

const numbers = [4, 6, 4, 6, 0, 1, -1, 5, 2 ** 31 - 1, -(2 ** 31)];

/** A message of a type of the contract, most of its fields with a likely value. */
export function randomMessage(random: Random, type: string): Record<string, unknown> {
  const fields = fieldsOf(type).filter(() => random.below(4) > 0);
  return Object.fromEntries(fields.map((field) => [field.name, fieldValue(random, field)]));
}

function fieldValue(random: Random, field: Field): unknown {
  if (field.label !== 'LABEL_REPEATED') return single(random, field);
  return Array.from({ length: random.below(4) }, () => single(random, field));
}

function single(random: Random, { type, typeName, name }: Field): unknown {
  if (type === 'TYPE_MESSAGE') return randomMessage(random, typeName);
  if (type !== 'TYPE_STRING') return random.pick(numbers);
  return random.pick(random.below(8) === 0 ? anyText : (likely[name] ?? anyText));
}

function fieldsOf(type: string): readonly Field[] {
  const definition = packageDefinition[`ipam.${type.replace(/^\.?ipam\./, '')}`] as
    | { readonly type?: { readonly field?: readonly Field[] } }
    | undefined;
  return definition?.type?.field ?? [];
}
