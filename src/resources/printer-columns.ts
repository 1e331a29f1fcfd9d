/** A column of `kubectl get`, and of `ipam-cli get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** Above zero: with `-o wide` only. */
  readonly priority?: number;
}

function column(name: string, jsonPath: string, more: Partial<PrinterColumn> = {}): PrinterColumn {
  return { name, type: 'string', jsonPath, description: lastStep(jsonPath), ...more };
}

function lastStep(jsonPath: string): string {
  return /\w+$/.exec(jsonPath)?.[0] ?? jsonPath;
}

const version = column('VERSION', '.spec.ipVersion');
const subnet = column('SUBNET', '.spec.subnet');
const counts = [
  column('ALLOCATED-IP-COUNT', '.status.allocatedIPCount', { type: 'integer' }),
  column('TOTAL-IP-COUNT', '.status.totalIPCount', { type: 'integer' }),
];
const wide = { priority: 10 };
const age = column('AGE', '.metadata.creationTimestamp', { type: 'date' });

/** Published by Spiderpool, in this order. */
export const poolPrinterColumns: readonly PrinterColumn[] = [
  version,
  subnet,
  ...counts,
  column('DEFAULT', '.spec.default', { type: 'boolean' }),
  column('DISABLE', '.spec.disable', { type: 'boolean', ...wide }),
  column('NodeName', '.spec.nodeName', wide),
  column('MultusName', '.spec.multusName', wide),
  column('APP-NAMESPACE', ".spec.podAffinity.matchLabels['ipam\\.spidernet\\.io/app\\-namespace']", {
    description: 'AppNamespace',
    ...wide,
  }),
];

export const subnetPrinterColumns: readonly PrinterColumn[] = [version, subnet, ...counts];

/** The published one, and ours. */
export const reservedIPPrinterColumns: readonly PrinterColumn[] = [
  version,
  column('IPS', '.spec.ips', wide),
  column('QUARANTINE', '.spec.quarantine.reason', wide),
  column('UNTIL', '.spec.quarantine.until', wide),
];

const firstInterface = '.status.current.ips[0]';

export const endpointPrinterColumns: readonly PrinterColumn[] = [
  column('INTERFACE', `${firstInterface}.interface`),
  column('IPV4POOL', `${firstInterface}.ipv4Pool`),
  column('IPV4', `${firstInterface}.ipv4`),
  column('IPV6POOL', `${firstInterface}.ipv6Pool`),
  column('IPV6', `${firstInterface}.ipv6`),
  column('NODE', '.status.current.node'),
];

export const blockPrinterColumns: readonly PrinterColumn[] = [
  column('CIDR', '.spec.cidr'),
  column('POOL', '.spec.pool'),
  column('NODE', '.spec.node'),
  column('DAEMON', '.spec.daemon', wide),
  age,
];

export const claimPrinterColumns: readonly PrinterColumn[] = [
  column('ADDRESS', '.spec.address'),
  column('POOL', '.spec.pool'),
  column('NAMESPACE', '.spec.podNamespace'),
  column('POD', '.spec.podName'),
  column('NODE', '.spec.node'),
  column('CONTAINER', '.spec.containerId', wide),
  column('IFNAME', '.spec.ifname', wide),
  column('OWNER-KIND', '.spec.ownerKind', wide),
  column('OWNER', '.spec.ownerName', wide),
  column('PARKED-SINCE', '.spec.parkedAt', wide),
  age,
];

export const historyPrinterColumns: readonly PrinterColumn[] = [column('NODE', '.spec.node'), age];

export const historySegmentPrinterColumns: readonly PrinterColumn[] = [
  column('NODE', '.spec.node'),
  column('FIRST', '.spec.first'),
  column('LAST', '.spec.last'),
  age,
];

export const occupancyPrinterColumns: readonly PrinterColumn[] = [column('FIRST', '.spec.first'), age];

export const topologyPrinterColumns: readonly PrinterColumn[] = [
  column('CLUSTER-CIDR', '.spec.cluster_cidr'),
  column('DESCRIPTION', '.spec.description', wide),
  age,
];

export const ipamNodePrinterColumns: readonly PrinterColumn[] = [
  column('TOR', '.spec.tor_id'),
  column('NAME', '.spec.name', wide),
  age,
];

/**
 * What a column shows of an object. Understands the paths above: steps by name, by number, and by quoted name.
 * `undefined` where there is nothing.
 */
export function valueAt(resource: unknown, jsonPath: string): unknown {
  let value = resource;
  for (const [, name, index, quoted] of jsonPath.matchAll(/\.(\w+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const step = name ?? index ?? quoted?.replaceAll('\\', '') ?? '';
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
