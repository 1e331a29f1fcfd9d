import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = process.cwd();
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the Node.js version', () => {
  it('stands in one place, which version managers read', () => {
    expect(read('.nvmrc')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(read('Makefile')).not.toMatch(/^NODE_VERSION.*\d/m);
  });

  it('is one that package.json allows', () => {
    const least = /^>=(\d+)/.exec(JSON.parse(read('package.json')).engines.node)?.[1];
    expect(Number(read('.nvmrc').split('.')[0])).toBeGreaterThanOrEqual(Number(least));
  });
});

describe('the settings for an editor', () => {
  const settings = JSON.parse(read('.vscode/settings.json'));

  it.each(['biome.lsp.bin', 'js/ts.tsdk.path'])('name a program that is installed with the packages: %s', (key) => {
    expect(existsSync(join(root, settings[key])), settings[key]).toBe(true);
  });

  it('format with what the check formats with', () => {
    expect(settings['editor.defaultFormatter']).toBe('biomejs.biome');
    expect(read('Makefile')).toContain('biome ci');
    const { formatter } = JSON.parse(read('biome.json'));
    expect(read('.editorconfig')).toContain(`indent_size = ${formatter.indentWidth}`);
  });
});
