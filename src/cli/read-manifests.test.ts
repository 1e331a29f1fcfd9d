import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifests } from './read-manifests.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-manifests-'));
const pool = (name: string) =>
  `apiVersion: spiderpool.spidernet.io/v2beta1\nkind: SpiderIPPool\nmetadata: {name: ${name}}\nspec: {subnet: 10.1.0.0/24}\n`;
const names = async (path: string) => (await readManifests(path)).map(({ metadata }) => metadata.name);

describe('manifests', () => {
  beforeAll(() => {
    writeFileSync(join(directory, 'b.yaml'), `${pool('b')}---\n${pool('c')}`);
    writeFileSync(join(directory, 'a.yml'), pool('a'));
    writeFileSync(join(directory, 'notes.txt'), 'not a manifest');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are read of a file, all its documents', async () => {
    expect(await names(join(directory, 'b.yaml'))).toEqual(['b', 'c']);
  });

  it('are read of a folder, by name, and nothing else of it', async () => {
    expect(await names(directory)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['that is not there', 'gone.yaml', { code: 'usage', exit: 2, message: expect.stringContaining('ENOENT') }],
    ['that is no manifest', 'notes.txt', { code: 'invalid-config', message: expect.stringContaining('notes.txt') }],
  ])('are refused of a file %s', async (_what, file, error) => {
    await expect(readManifests(join(directory, file))).rejects.toMatchObject(error);
  });
});
