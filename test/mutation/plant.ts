import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../kit/paths.ts';
import { faultVariable, planted } from './mutation.ts';
import { mutations } from './mutations.ts';

/** Loaded with `--import` before the simulator, in each of its threads: what it reads of a faulty file has the fault. */
const name = process.env[faultVariable];
const mutation = mutations.find((one) => one.name === name);
if (mutation === undefined) throw new Error(`${faultVariable} names no planted fault: ${name}`);
const sources = new Map<string, string>();
for (const file of new Set(mutation.edits.map((edit) => edit.file))) {
  const path = join(root, file);
  sources.set(pathToFileURL(path).href, planted(mutation, file, readFileSync(path, 'utf8')));
}

registerHooks({
  load(url, context, nextLoad) {
    const source = sources.get(url);
    return source === undefined ? nextLoad(url, context) : { format: 'module-typescript', source, shortCircuit: true };
  },
});
