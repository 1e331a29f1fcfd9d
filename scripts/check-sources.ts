import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutations } from '../test/mutation/mutations.ts';
import { faultProblems } from './planted-faults.ts';
import { houseProblems, lockProblems, sourceProblems } from './source-rules.ts';

/** `make check`: the rules of the house that no linter knows. Prints each break with its place. */
const root = fileURLToPath(new URL('..', import.meta.url));

const files = ['src', 'test', 'bench', 'scripts', 'shim'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
);
const sources = new Map(
  files
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
);
const problems = [...sources].flatMap(([file, text]) => sourceProblems(file, text));
problems.push(...houseProblems(sources));
problems.push(...faultProblems(mutations, sources));
problems.push(...lockProblems(readFileSync(join(root, 'package-lock.json'), 'utf8')));

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
