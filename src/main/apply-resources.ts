import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { systemClock } from '../platform/clock.ts';
import { parseManifest } from '../resources/manifest.ts';
import { applyResources } from '../store/apply-resources.ts';
import { KubernetesClient } from '../store/kubernetes/client.ts';
import { inClusterAccess } from '../store/kubernetes/in-cluster.ts';
import { KubernetesStore } from '../store/kubernetes/kubernetes-store.ts';
import { runProgram } from './server-program.ts';
import { version } from './version.ts';

/** A controller that has just begun trusts nobody yet, nor do API servers trust it. */
const patienceMs = 300_000;

/** What the Helm chart runs after all else: its pools go to the API server, which asks the webhook. */
async function main(): Promise<void> {
  const program = new Command('apply-resources')
    .description('Creates and changes the resources of a manifest in the API server of this Pod.')
    .version(version)
    .argument('<file>', 'the manifest')
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
    .parse();
  const [file = ''] = program.args;
  const resources = parseManifest(readFileSync(file, 'utf8'), file);
  const client = new KubernetesClient({
    access: inClusterAccess(process.env),
    userAgent: `apply-resources/${version}`,
    onRequest: () => {},
  });
  const store = new KubernetesStore({ client });
  try {
    const outcomes = await applyResources(store, resources, { clock: systemClock, patienceMs });
    for (const outcome of outcomes) {
      const { kind, metadata } = outcome.resource;
      const said = 'done' in outcome ? outcome.done : `refused: ${outcome.refused.message}`;
      process.stdout.write(`${kind} ${metadata.name} ${said}\n`);
    }
    if (outcomes.some((outcome) => 'refused' in outcome)) process.exitCode = 1;
  } finally {
    await store.close();
    client.close();
  }
}

runProgram('apply-resources', main);
