/** Writes docs/manifests.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestsPage } from '../test/bad-input/manifests-page.ts';

writeFileSync(join(import.meta.dirname, '../docs/manifests.md'), manifestsPage());
