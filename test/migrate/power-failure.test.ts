import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryJournal } from '../../src/daemon/journal/memory-journal.ts';
import { hostLocalSource } from '../../src/migrate/host-local-source.ts';
import { etcdTarget } from '../../src/migrate/open-etcd.ts';
import { dieAtEachWrite } from '../../src/migrate/testing/power-failure.ts';
import { type EtcdCluster, startEtcd } from '../kit/etcd.ts';

describe('a migration to etcd whose machine loses its power', { timeout: 300_000 }, () => {
  let root = '';
  let etcd: EtcdCluster;
  let targets = 0;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'berth-power-etcd-'));
    for (const directory of ['net.d', 'data/net']) mkdirSync(join(root, directory), { recursive: true });
    const ipam = { type: 'ipam-plugin', ranges: [[{ subnet: '10.1.0.0/24' }]] };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'bridge', ipam };
    writeFileSync(join(root, 'net.d/net.conf'), JSON.stringify(config));
    for (let host = 2; host < 10; host += 1) writeFileSync(join(root, `data/net/10.1.0.${host}`), `c${host}\r\neth0`);
    etcd = await startEtcd({ size: 1 });
  });
  afterAll(async () => {
    await etcd.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  it.each([[false], [true]])('at any write is repeated to the same end (the write was done: %s)', async (isDone) => {
    const newTarget = (prefix: string) => ({
      ...etcdTarget({ endpoints: etcd.endpoints, prefix }),
      journal: new MemoryJournal(),
    });
    const open = async () => {
      const target = newTarget(`/berth-${targets++}`);
      const source = hostLocalSource({
        directory: join(root, 'data'),
        node: 'node1',
        configs: join(root, 'net.d'),
        poolFor: [],
        cniCache: root,
      });
      const options = { id: 'm1', dryRun: false, pause: async () => {}, onProgress: () => {}, source, target };
      return { options, reopen: async () => target };
    };
    let deaths = 0;
    const [undisturbed, ...others] = await dieAtEachWrite(open, isDone, ({ objects, open: opened }) => {
      deaths += 1;
      // Nothing gives out while anything that is out is missing.
      if (opened.length > 0) expect(objects.length).toBe(9);
    });
    expect(undisturbed).toMatchObject({ objects: { length: 9 }, records: { length: 8 } });
    for (const other of others) expect(other).toEqual(undisturbed);
    expect(deaths).toBeGreaterThanOrEqual(11);
  });
});
