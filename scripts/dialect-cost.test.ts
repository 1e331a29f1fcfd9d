import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceProblems } from './source-rules.ts';

const root = process.cwd();
const scratch = mkdtempSync(join(tmpdir(), 'berth-dialect-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** An annotation dialect that asks for nothing, and knows one annotation that is not served. */
const folder = 'src/dialects/example';
const added: Readonly<Record<string, string>> = {
  [`${folder}/to-request.ts`]: `import type { AnnotationRequest, AskingInterface } from '../dialect.ts';

export function annotationsToRequest({ facts }: AskingInterface): AnnotationRequest {
  const pool = facts.pod.annotations['example.org/pool'];
  return pool === undefined ? {} : { source: { kind: 'named', pools: [pool] } };
}
`,
  [`${folder}/unsupported.ts`]: `import type { Unsupported } from '../dialect.ts';

export const unsupported: Unsupported = {
  annotations: { matches: (name) => name === 'example.org/later', reason: 'it comes later', advice: 'wait' },
  keys: { example_pool: "Example's key: write pools" },
};
`,
  [`${folder}/index.ts`]: `import type { Dialect } from '../dialect.ts';
import { annotationsToRequest } from './to-request.ts';
import { unsupported } from './unsupported.ts';

export const example: Dialect = { name: 'Example', unsupported, annotations: { toRequest: annotationsToRequest } };
`,
};
const registration = "export { example } from './example/index.ts';\n";

/** Says what the dialect makes of a Pod's annotation, of one that it refuses, and of a key that it refuses. */
const probe = `
import { networkConfig } from './src/cni/network-config.ts';
import { annotatedRequest } from './src/dialects/annotated-request.ts';
const request = {
  attachment: { network: 'net', containerId: 'c', ifname: 'eth0' }, pod: { namespace: 'a', name: 'b', uid: '' },
  netns: '', source: { kind: 'default' }, families: [], requested: [],
};
const none = { labels: {}, annotations: {} };
const facts = (annotations) => ({ pod: { labels: {}, annotations }, namespace: none, node: { labels: {} } });
const said = (act) => { try { return act(); } catch (error) { return error.message; } };
console.log(JSON.stringify([
  said(() => annotatedRequest(request, facts({ 'example.org/pool': 'blue' })).request.source),
  said(() => annotatedRequest(request, facts({ 'example.org/later': '' }))),
  said(() => networkConfig({ name: 'n', cniVersion: '1.0.0', ipam: { type: 'ipam-plugin', example_pool: 'x' } })),
]));
`;

function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

// It compiles all of the sources.
it('an annotation dialect costs its own folder and one line that registers it', { timeout: 240_000 }, () => {
  cpSync(join(root, 'src'), join(scratch, 'src'), { recursive: true });
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const checked = { compilerOptions, files: ['src/dialects/dialects.ts'] };
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(checked));
  writeFileSync(join(scratch, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  mkdirSync(join(scratch, folder));
  for (const [file, text] of Object.entries(added)) writeFileSync(join(scratch, file), text);
  const registered = join(scratch, 'src/dialects/registered.ts');
  writeFileSync(registered, readFileSync(registered, 'utf8') + registration);

  expect(Object.entries(added).flatMap(([file, text]) => sourceProblems(file, text))).toEqual([]);
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'], { cwd: scratch });
  writeFileSync(join(scratch, 'probe.ts'), probe);
  const [asked, refused, key] = JSON.parse(execFileSync(process.execPath, ['probe.ts'], { cwd: scratch }).toString());
  expect(asked).toEqual({ kind: 'named', pools: ['blue'] });
  expect(refused).toBe('Pod "a/b": annotation example.org/later: it comes later');
  expect(key).toBe('network "n": unsupported ipam.example_pool = "x"');

  const before = new Set(filesOf(join(root, 'src')));
  const isOther = (file: string) =>
    !before.has(file) ||
    readFileSync(join(root, 'src', file), 'utf8') !== readFileSync(join(scratch, 'src', file), 'utf8');
  const touched = filesOf(join(scratch, 'src')).filter(isOther).toSorted();
  expect(touched).toEqual([
    'dialects/example/index.ts',
    'dialects/example/to-request.ts',
    'dialects/example/unsupported.ts',
    'dialects/registered.ts',
  ]);
});
