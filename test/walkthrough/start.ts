import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { Host } from './host.ts';
import { type Audience, walk } from './walk.ts';

/** One machine: build, install, a daemon, a container with addresses, and what `ipam-cli` shows of it. */
export function walkStart(audience: Audience): Promise<void> {
  return walkOneMachine('start', ['README.md', 'docs/history.md', 'docs/forecast.md'], 'node1', audience);
}

/** One machine in a rack: from the file of a data centre to an address. */
export function walkTopology(audience: Audience): Promise<void> {
  return walkOneMachine('topology', ['docs/topology.md'], 'node-01', audience);
}

/** One machine with a Prometheus: from a scrape to an alert. */
export function walkMonitoring(audience: Audience): Promise<void> {
  return walkOneMachine('monitoring', ['docs/monitoring.md'], 'node1', audience);
}

async function walkOneMachine(
  walkName: string,
  pages: readonly string[],
  machine: string,
  audience: Audience,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-walkthrough-'));
  const host = new Host({ name: machine, folder, directory: root, isInstalled: false });
  try {
    await host.open();
    await walk(walkName, pages, { home: host, places: (name) => (name === host.name ? [host] : []) }, audience);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
