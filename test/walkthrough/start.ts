import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { Host } from './host.ts';
import { type Audience, walk } from './walk.ts';

/** One machine: build, install, a daemon, a container with addresses, and what `ipam-cli` shows of it. */
export async function walkStart(audience: Audience): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-walkthrough-'));
  const host = new Host({ name: 'node1', folder, directory: root, isInstalled: false });
  try {
    await host.open();
    await walk(
      'start',
      ['README.md', 'docs/history.md'],
      { home: host, places: (name) => (name === host.name ? [host] : []) },
      audience,
    );
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
