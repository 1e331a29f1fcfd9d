/** Child process of a test: writes as fast as it can and says each write once it is acknowledged. */
import { randomUUID } from 'node:crypto';
import { EmbeddedStore } from '../embedded-store.ts';

const [directory = '', prefix = ''] = process.argv.slice(2);
const store = new EmbeddedStore({ directory, now: Date.now, newUid: randomUUID });

for (let n = 0; ; n += 4) {
  await Promise.all(
    Array.from({ length: 4 }, async (_, index) => {
      const name = `${prefix}${n + index}`;
      const created = await store.create({ apiVersion: 'test/v1', kind: 'Thing', metadata: { name }, spec: { n } });
      process.stdout.write(`created ${name}\n`);
      if (index !== 0) return;
      await store.delete({ kind: 'Thing', name }, created.metadata.resourceVersion);
      process.stdout.write(`deleted ${name}\n`);
    }),
  );
}
