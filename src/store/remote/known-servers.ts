import { readFileSync } from 'node:fs';
import { writeDurably } from '../../platform/durable-file.ts';

/** The servers that were known last: those that the configuration names may all have been replaced since. */
export function readServers(file: string): readonly string[] {
  try {
    const servers: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(servers) ? servers.filter((one) => typeof one === 'string') : [];
  } catch (error) {
    // None yet, or one that cannot be read: the configuration names some as well.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws IpamError storage-full, store-unavailable */
export async function rememberServers(file: string, servers: readonly string[]): Promise<void> {
  if (readServers(file).join() === servers.join()) return;
  await writeDurably(file, JSON.stringify(servers));
}
