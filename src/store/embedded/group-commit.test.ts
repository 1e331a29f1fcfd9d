import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsRoot } from '../../../test/kit/privilege.ts';
import { run } from '../../../test/kit/run.ts';
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

  it('leave the process alive when LMDB gives its file up, and whoever reads or watches hears of it', async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-fault-'));
    const [library, fault] = [join(directory, 'failing-disk.so'), join(directory, 'fault')];
    try {
      const source = new URL('../../../test/kit/failing-disk.c', import.meta.url).pathname;
      const built = await run('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl']).catch(
        (error: Error) => ({ exit: 1, stderr: error.message }),
      );
      context.skip(built.exit !== 0, `no compiler for test/kit/failing-disk.c: ${built.stderr}`);
      const child = new URL('testing/outlive-failure.ts', import.meta.url).pathname;
      const env = { PATH: process.env.PATH ?? '', LD_PRELOAD: library, BERTH_DISK_FAULT: fault };
      const { exit, stdout, stderr } = await run(process.execPath, [child, join(directory, 'data'), fault], { env });
      expect({ exit, stdout }, stderr).toEqual({
        exit: 0,
        stdout: 'store-unavailable store-unavailable store-unavailable\n',
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
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
