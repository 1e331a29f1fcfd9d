import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { skipEach } from '../kit/skip.ts';
import { walkOn } from '../walkthrough/kubernetes.ts';
import { needsNodes } from './binaries.ts';
import { DeployCluster, deploy, slowMs } from './deploy-cluster.ts';

const reason = needsNodes();

/** The pages for somebody who has a Kubernetes, one after the other on one. */
describe('kubectl apply -k deploy', { timeout: 2 * slowMs }, () => {
  const cluster = new DeployCluster();

  skipEach(reason);
  beforeAll(async () => {
    if (reason === '') await cluster.start();
  }, slowMs);
  afterAll(() => cluster.stop());

  it('runs, and gives Pods on two nodes addresses, when a reader does what docs/kubernetes.md says (walk-through kubernetes)', async () => {
    await cluster.explained(() => walkOn('kubernetes', cluster, { say: (text) => void process.stdout.write(text) }));
    await cluster.kubectl('delete', 'deployment', 'shop', '--timeout=120s', '--wait');
    await cluster.kubectl('delete', 'pod', '-l', 'app=shop', '--grace-period=1', '--timeout=120s');
    await cluster.claimsGone();
    for (const name of ['pools', 'subnet'])
      await cluster.kubectl('delete', '-f', join(deploy, `examples/${name}.yaml`), '--timeout=120s');
  });

  it('serves what was written for kube-ipam, when a reader does what docs/kube-ipam.md says (walk-through kube-ipam)', async () => {
    await cluster.explained(() => walkOn('kube-ipam', cluster, { say: (text) => void process.stdout.write(text) }));
    await cluster.kubectl('delete', 'pod', '--all', '--grace-period=1', '--timeout=120s');
    for (const node of cluster.nodes) rmSync(node.path('/etc/cni/net.d/1-kube-ipam.conf'));
    // Its controller frees what is kept for a Deployment that is gone.
    await cluster.claimsGone();
  });
});
