import { describe, expect, it } from 'vitest';
import { houseProblems, lockProblems, sourceProblems } from './source-rules.ts';

describe('the rules of the house', () => {
  it.each([
    [
      'an import upwards',
      'src/ip/x.ts',
      "import { Daemon } from '../daemon/daemon.ts';",
      /^src\/ip\/x\.ts:1: ip may not import from daemon$/,
    ],
    [
      'an import from a room that does not exist',
      'src/cellar/x.ts',
      "import { a } from '../ip/address.ts';",
      /"cellar" is no room/,
    ],
    ['a clock in a pure room', 'src/ipam/x.ts', 'const now = Date.now();', /ipam is pure.*Date/],
    ['chance in a pure room', 'src/allocator/x.ts', 'const x = Math.random();', /allocator is pure.*random/],
    [
      'a file in a pure room',
      'src/resources/x.ts',
      "import { readFileSync } from 'node:fs';",
      /resources is pure.*node:/,
    ],
    ['an environment variable in a pure room', 'src/ip/x.ts', 'const home = process.env.HOME;', /ip is pure.*process/],
    [
      'a daemon that asks itself where addresses come from',
      'src/daemon/allocation/x.ts',
      'if (pool.blockSize === undefined) return;',
      /ask the source of addresses/,
    ],
    ['what loads all that is behind fetch', 'src/api/x.ts', "import { Agent } from 'node:http';", /node-http/],
    ['a file of 401 lines', 'src/cni/x.ts', '\n'.repeat(401), /more than 400 lines/],
  ])('refuse %s', (_what, file, text, says) => {
    expect(sourceProblems(file, text)).toEqual([expect.stringMatching(says)]);
  });

  it.each([
    ['an import downwards', 'src/daemon/x.ts', "import { parseAddress } from '../ip/address.ts';"],
    ['an import within a room', 'src/ipam/x.ts', "import { Ledger } from './ledger.ts';"],
    ['a clock in a room with effects', 'src/daemon/x.ts', 'const now = Date.now();'],
    ['anything in a test', 'src/ip/x.test.ts', "import { Daemon } from '../daemon/daemon.ts'; Date.now();"],
    ['it where that is decided', 'src/daemon/allocation/address-sources.ts', 'return blockSize === undefined ? a : b;'],
    ['the types of node:http', 'src/api/x.ts', "import type { Agent } from 'node:http';"],
    ['words in a comment', 'src/ip/x.ts', '// Date.now() is passed in'],
  ])('allow %s', (_what, file, text) => {
    expect(sourceProblems(file, text)).toEqual([]);
  });

  it('refuse a circle of imports, of types too, and name it whole', () => {
    const files = new Map([
      ['src/ip/a.ts', "import type { B } from './b.ts';"],
      ['src/ip/b.ts', "import { c } from './c.ts';"],
      ['src/ip/c.ts', "import { a } from './a.ts';"],
      ['src/ip/d.ts', "import { a } from './a.ts';"],
    ]);
    expect(houseProblems(files).filter((problem) => problem.includes('circle'))).toEqual([
      'src/ip/a.ts: a circle of imports: src/ip/a.ts > src/ip/b.ts > src/ip/c.ts > src/ip/a.ts',
    ]);
  });

  it('refuse a permission that nobody uses', () => {
    const files = new Map([['src/resources/a.ts', "import { b } from '../ip/b.ts';"]]);
    expect(houseProblems(files)).toContain('scripts/rooms.ts: allocator may import from ip, and does not');
    expect(houseProblems(files)).not.toContain('scripts/rooms.ts: resources may import from ip, and does not');
  });

  it('refuse a lock file that names a registry', () => {
    expect(lockProblems('{"resolved": "https://registry.example/x.tgz"}')).toHaveLength(1);
    expect(lockProblems('{"version": "1.0.0"}')).toEqual([]);
  });
});
