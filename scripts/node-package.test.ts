import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const makefile = new URL('../Makefile', import.meta.url).pathname;

describe('the Node.js that make fetches', () => {
  let checkout = '';
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'berth-node-'));
    copyFileSync(makefile, join(checkout, 'Makefile'));
    copyFileSync(join(dirname(makefile), '.nvmrc'), join(checkout, '.nvmrc'));
    mkdirSync(join(checkout, 'bin'));
  });
  afterEach(() => rmSync(checkout, { recursive: true, force: true }));

  /** A registry that hands out a package of its own: a "Node.js" that says what it is. */
  function registry(): void {
    mkdirSync(join(checkout, 'package', 'bin'), { recursive: true });
    writeFileSync(join(checkout, 'package', 'bin', 'node'), '#!/bin/sh\necho another\n', { mode: 0o755 });
    execFileSync('tar', ['czf', join(checkout, 'other.tgz'), '-C', checkout, 'package']);
    const npm = join(checkout, 'bin', 'npm');
    writeFileSync(npm, `#!/bin/sh\ncp ${join(checkout, 'other.tgz')} node-linux.tgz\n`);
    chmodSync(npm, 0o755);
  }

  it('is not used when it is not the very package whose hash the Makefile has', () => {
    registry();
    const target = join(checkout, '.tools', 'node', 'bin', 'node');
    const { status, stdout } = spawnSync('make', ['-C', checkout, target], {
      encoding: 'utf8',
      env: { PATH: `${join(checkout, 'bin')}:/usr/bin:/bin` },
    });
    expect(stdout).toMatch(/is not the package whose SHA-512 is in the Makefile/);
    expect(status).not.toBe(0);
    expect(existsSync(join(checkout, '.tools', 'node'))).toBe(false);
  });

  it('has a hash for each architecture that there are packages for', () => {
    const text = readFileSync(makefile, 'utf8');
    for (const architecture of ['x64', 'arm64']) {
      expect(text).toMatch(new RegExp(`^NODE_SHA512_${architecture} := [0-9a-f]{128}$`, 'm'));
    }
  });
});
