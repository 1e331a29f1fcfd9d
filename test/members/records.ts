import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spiderpoolVersion } from '../../src/resources/pool.ts';
import { reservedIPKind } from '../../src/resources/reserved-ip.ts';
import type { ClusterMember } from '../kit/member-cluster.ts';

/** Writes through this member something that nobody takes back. @returns its name; undefined when the member refused it */
export async function writeRecord({ daemon }: ClusterMember, number: number): Promise<string | undefined> {
  const name = `record-${number}`;
  const file = join(daemon.directory, 'record.json');
  const spec = { ipVersion: 4, ips: [`192.0.2.${number % 256}`] };
  writeFileSync(
    file,
    JSON.stringify({ apiVersion: spiderpoolVersion, kind: reservedIPKind, metadata: { name }, spec }),
  );
  return (await daemon.cli('apply', '-f', file)).exit === 0 ? name : undefined;
}

/** The names of the records that this member shows. */
export async function recordsOf({ daemon }: ClusterMember): Promise<readonly string[]> {
  const { stdout } = await daemon.cli('get', 'reservedip', '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: readonly { readonly metadata: { readonly name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}
