import { afterAll, beforeAll, describe, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { installOn, walkOn } from '../walkthrough/kubernetes.ts';
import { needsNodes } from './binaries.ts';
import { DeployCluster, slowMs } from './deploy-cluster.ts';

const reason = needsNodes();
/** What a reader sees; shown as it comes. */
const audience = { say: (text: string) => void process.stdout.write(text) };

/** Spiderpool's guides, and Cilium's, one after the other on one cluster with an installation as docs/kubernetes.md has it. */
describe('guides', { timeout: 2 * slowMs }, () => {
  const cluster = new DeployCluster();

  skipEach(reason);
  beforeAll(async () => {
    if (reason !== '') return;
    await cluster.start();
    await installOn(cluster, audience);
  }, 2 * slowMs);
  afterAll(() => cluster.stop());

  const guides = [
    { name: 'kubevirt', page: 'docs/kubevirt.md', what: 'a virtual machine keeps its address' },
    { name: 'statefulset', page: 'docs/statefulset.md', what: 'a StatefulSet’s Pods keep their addresses' },
    { name: 'subnet', page: 'docs/spider-subnet.md', what: 'applications have pools of their own' },
    { name: 'cilium-delegated', page: 'docs/cilium-delegated.md', what: 'Cilium’s Pods have addresses of ours' },
    { name: 'operator', page: 'docs/operator.md', what: 'Pods of controllers that nobody knows have addresses' },
  ] as const;
  it.each(guides)('$what, when a reader does what $page says (walk-through $name)', async ({ name }) => {
    await cluster.explained(() => walkOn(name, cluster, audience));
    await cluster.claimsGone();
  });
});
