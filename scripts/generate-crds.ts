/** Writes the CustomResourceDefinitions of all kinds into a folder, one file each: `generate-crds.ts [folder]`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { customResourceDefinition } from '../src/resources/custom-resource-definition.ts';
import { allKinds } from '../src/resources/kinds.ts';

const [folder = join(import.meta.dirname, '../deploy/crds')] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const info of allKinds) {
  const definition = customResourceDefinition(info);
  const { group, names } = definition.spec;
  const text = stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
  writeFileSync(
    join(folder, `${group}_${names.plural}.yaml`),
    `# Written by "make generate" from src/resources.\n${text}`,
  );
}
