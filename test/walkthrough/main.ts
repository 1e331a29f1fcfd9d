import { needsNodes } from '../cluster/binaries.ts';
import { needsRoot } from '../kit/privilege.ts';
import { walkBgp } from './bgp.ts';
import { walkCluster } from './cluster.ts';
import { walkKubernetes } from './kubernetes.ts';
import { walkMonitoring, walkStart, walkTopology } from './start.ts';
import type { Audience } from './walk.ts';

/** `make walkthrough NAME=start`: does what README and docs say, and shows it. Without a name it lists what there is. */
interface Walkthrough {
  readonly what: string;
  readonly needs: () => string;
  readonly run: (audience: Audience) => Promise<void>;
}

const walkthroughs: Readonly<Record<string, Walkthrough>> = {
  start: {
    what: 'build, install, one daemon, a container with addresses (README.md)',
    needs: () => needsRoot,
    run: walkStart,
  },
  topology: {
    what: 'a data centre in a file, planned, applied, and an address of the own rack (docs/topology.md)',
    needs: () => needsRoot,
    run: walkTopology,
  },
  monitoring: {
    what: 'a daemon, a Prometheus with the rules, a pool that is full, and the alert (docs/monitoring.md)',
    needs: () => needsRoot,
    run: walkMonitoring,
  },
  bgp: {
    what: 'two racks and their leaf: from the file of a data centre to a ping between Pods (docs/bgp.md)',
    needs: () => needsRoot,
    run: walkBgp,
  },
  cluster: {
    what: 'three hosts with certificates, two agents, one member lost (README.md, docs/agents.md, docs/cluster.md)',
    needs: () => needsRoot,
    run: walkCluster,
  },
  kubernetes: {
    what: 'from kubectl apply -k to Pods on two nodes of an underlay cluster (docs/kubernetes.md)',
    needs: needsNodes,
    run: (audience) => walkKubernetes('kubernetes', audience),
  },
  'kube-ipam': {
    what: "kube-ipam's file and Deployment as they stand: a fixed address that comes again (docs/kube-ipam.md)",
    needs: needsNodes,
    run: (audience) => walkKubernetes('kube-ipam', audience),
  },
  statefulset: {
    what: "a StatefulSet's Pods made anew, moved and scaled, with their addresses (docs/statefulset.md)",
    needs: needsNodes,
    run: (audience) => walkKubernetes('statefulset', audience),
  },
  subnet: {
    what: 'pools of applications, cut from a SpiderSubnet: one interface, two, both IP families (docs/spider-subnet.md)',
    needs: needsNodes,
    run: (audience) => walkKubernetes('subnet', audience),
  },
  operator: {
    what: "Pods of OpenKruise's CloneSet, from a pool by hand and from one of their own (docs/operator.md)",
    needs: needsNodes,
    run: (audience) => walkKubernetes('operator', audience),
  },
  kubevirt: {
    what: 'a virtual machine that is restarted, stopped and migrated, with its address (docs/kubevirt.md)',
    needs: needsNodes,
    run: (audience) => walkKubernetes('kubevirt', audience),
  },
  'cilium-delegated': {
    what: "Cilium's Pods with addresses that stay, and of pools by its annotations (docs/cilium-delegated.md)",
    needs: needsNodes,
    run: (audience) => walkKubernetes('cilium-delegated', audience),
  },
};

const say = (text: string): void => void process.stdout.write(text);
const [name = ''] = process.argv.slice(2);
const chosen = Object.hasOwn(walkthroughs, name) ? walkthroughs[name] : undefined;
if (chosen === undefined) {
  for (const [one, { what }] of Object.entries(walkthroughs)) say(`${one.padEnd(12)}${what}\n`);
  if (name !== '') process.stderr.write(`there is no walk-through "${name}"\n`);
  process.exit(name === '' ? 0 : 2);
}
const reason = chosen.needs();
if (reason !== '') {
  process.stderr.write(`this walk-through ${reason}\n`);
  process.exit(1);
}
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interruption.abort(new Error(`${signal}: cleaned up`)));
const began = Date.now();
try {
  await chosen.run({ say, signal: interruption.signal });
  say(`\nDone, as the pages say, in ${Math.round((Date.now() - began) / 1_000)} s. Nothing is left behind.\n`);
} catch (error) {
  process.stderr.write(`\nA reader could not do this: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
