import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
// Decisions and the changelog say what was so on their day.
const pages = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const path = /`((?:bench|configs|deploy|native|proto|scripts|shim|src|test)\/[\w./-]+)`/g;

describe('the files of the project that a page names', () => {
  it.each(pages)('in %s are there', (page) => {
    const named = [...readFileSync(join(root, page), 'utf8').matchAll(path)].map(([, name = '']) => name);
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});
