/**
 * Copies the packages that bundles ask for when they run, with those that they need, and of each what is run: most libraries are in the
 * bundles, and types, maps and sources of native modules serve nobody who installs.
 * usage: install-packages.ts TARGET
 */
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const built = join(root, 'build/main');

/** Names of packages that the bundles import. */
export function importedBy(text: string): readonly string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*["']([^"'./][^"']*)["']/g)].map(
    ([, name = '']) => name,
  );
  const packages = specifiers.map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(packages)].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).sort();
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Folders of packages and of all that they need, as Node.js finds them: beside the one that asks, or further up. */
function closure(names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const add = (name: string, from: string, isOptional: boolean): void => {
    const folder = located(name, from);
    if (folder === undefined) {
      // Of another platform.
      if (isOptional) return;
      throw new Error(`${name}, which ${from} needs, is not there`);
    }
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Manifest;
    for (const needed of Object.keys(optionalDependencies)) add(needed, folder, true);
    for (const needed of Object.keys(dependencies)) add(needed, folder, needed in optionalDependencies);
  };
  for (const name of names) add(name, root, false);
  return [...found].sort();
}

function located(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

const idle = /(\.d\.[cm]?ts|\.map|\.md|\.gyp|\.markdown|\.tsbuildinfo|\.[ch]|\.cpp|\.cc)$/;
const idleFolders: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  'benchmark',
  'benchmarks',
  'node_modules',
  '.github',
]);
/** Of a version of Node.js that does not come with us: ours takes the one for all versions. */
const otherNode = /\.abi\d+\..*node$/;

/** Is it run, or a licence? @param path below the package */
export function isRun(path: string, isDirectory: boolean): boolean {
  if (isDirectory) return !idleFolders.has(basename(path));
  return /^(licen[cs]e|notice)/i.test(basename(path)) || (!idle.test(path) && !otherNode.test(path));
}

if (import.meta.main) {
  const [target = ''] = process.argv.slice(2);
  if (target === '') throw new Error('usage: install-packages.ts TARGET');
  const bundles = readdirSync(built).filter((name) => name.endsWith('.js'));
  const names = importedBy(bundles.map((name) => readFileSync(join(built, name), 'utf8')).join('\n'));
  for (const folder of closure(names)) {
    cpSync(folder, join(target, relative(root, folder)), {
      recursive: true,
      filter: (source) => source === folder || isRun(relative(folder, source), statSync(source).isDirectory()),
    });
  }
}
