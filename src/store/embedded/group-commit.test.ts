import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsRoot } from '../../../test/kit/privilege.ts';
import { SmallDisk } from '../../../test/kit/small-disk.ts';
import { isIpamError } from '../../resources/errors.ts';
import { GroupCommit } from './group-commit.ts';
import { Records } from './records.ts';

describe('commits of the embedded database', () => {
  it('are refused on a full disk before LMDB writes, and work again when there is room', async (context) => {
    context.skip(needsRoot !== '', needsRoot);
    const disk = new SmallDisk();
    await disk.mount('4m');
    try {
      const directory = join(disk.path, 'data');
      const records = new Records(directory, () => true);
      const commits = new GroupCommit(records);
      const put = (key: string) => commits.run(() => records.put(key, 'value'));
      await put('before');
      disk.fill();
      let applied = false;
      const refused = commits.run(() => {
        applied = true;
      });
      await expect(refused).rejects.toSatisfy((error) => isIpamError(error, 'storage-full'));
      expect(applied).toBe(false);
      disk.free();
      await put('after');
      expect([...records.all()].map(({ key }) => key)).toEqual(['after', 'before']);
      await records.close();
    } finally {
      await disk.unmount();
    }
  });

  it('say that the database failed when its folder is gone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-commit-'));
    const records = new Records(directory, () => true);
    const commits = new GroupCommit(records);
    rmSync(directory, { recursive: true });
    await expect(commits.run(() => undefined)).rejects.toSatisfy((error) => isIpamError(error, 'store-unavailable'));
    expect(existsSync(directory)).toBe(false);
    await records.close();
  });
});
