/** Writes docs/manifests.md and docs/refused-pods.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestsPage } from '../test/bad-input/manifests-page.ts';
import { podsPage } from '../test/bad-input/pods-page.ts';

const docs = join(import.meta.dirname, '../docs');
writeFileSync(join(docs, 'manifests.md'), manifestsPage());
writeFileSync(join(docs, 'refused-pods.md'), podsPage());
