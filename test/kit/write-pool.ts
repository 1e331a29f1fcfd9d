import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PoolSpec, poolKind, spiderpoolVersion } from '../../src/resources/pool.ts';
import type { DaemonProcess } from './daemon-process.ts';

/** A pool's manifest. */
export function poolText(name: string, spec: Partial<PoolSpec>): string {
  return `${JSON.stringify({ apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name }, spec })}\n`;
}

/** Makes a pool, as `ipam-cli apply` does. */
export async function writePool(daemon: DaemonProcess, name: string, spec: Partial<PoolSpec>): Promise<void> {
  const file = join(daemon.directory, 'pool.json');
  writeFileSync(file, poolText(name, spec));
  const { exit, stdout, stderr } = await daemon.cli('apply', '-f', file);
  if (exit !== 0) throw new Error(`pool ${name} is not taken: ${stdout}${stderr}`);
}
