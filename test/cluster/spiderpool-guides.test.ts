import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { root } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { clearNodes, installOn, walkOn } from '../walkthrough/kubernetes.ts';
import { needsNodes } from './binaries.ts';
import { Cluster } from './cluster.ts';

const reason = needsNodes();
const slowMs = 300_000;
/** What a reader sees; shown as it comes. */
const audience = { say: (text: string) => void process.stdout.write(text) };

/** Spiderpool's guides, one after the other on one cluster with an installation as docs/kubernetes.md has it. */
describe('Spiderpool’s guides', { timeout: 2 * slowMs }, () => {
  const cluster = new Cluster();

  beforeEach((context) => context.skip(reason !== '', reason));
  beforeAll(async () => {
    if (reason !== '') return;
    await Promise.all([must('make', ['--directory', root, 'image']), cluster.start()]);
    await clearNodes(cluster);
    await installOn(cluster, audience);
  }, slowMs);
  afterAll(() => cluster.stop());

  const guides = [
    { name: 'statefulset', page: 'docs/statefulset.md', what: 'a StatefulSet’s Pods keep their addresses' },
    { name: 'subnet', page: 'docs/spider-subnet.md', what: 'applications have pools of their own' },
    { name: 'operator', page: 'docs/operator.md', what: 'Pods of controllers that nobody knows have addresses' },
  ] as const;
  it.each(guides)('$what, when a reader does what $page says (walk-through $name)', async ({ name }) => {
    await walkOn(name, cluster, audience).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await cluster.events()}`, { cause: error });
    });
    await waitFor(
      'the claims to go',
      async () => {
        const claims = await cluster.controlPlane.get<{ readonly items: readonly unknown[] }>(
          '/apis/berth.network/v1alpha1/ipclaims',
        );
        return claims?.items.length === 0 || undefined;
      },
      slowMs,
      200,
    );
  });
});
