import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { accepts } from '../kit/accepts.ts';
import { root } from '../kit/paths.ts';
import { BackgroundProcess } from './background-process.ts';
import { binaries } from './binaries.ts';
import type { ControlPlane } from './control-plane.ts';

/** The user that kube-scheduler is; its control plane must know it. */
export const schedulerUser = 'system:kube-scheduler';
const securePort = 10259;
const formerPort = 10251;

/** Of its configuration, the newest that a Kubernetes 1.x has. */
function version(minor: number): string {
  if (minor < 23) return 'v1beta1';
  return minor < 25 ? 'v1beta3' : 'v1';
}

interface Configuration {
  readonly extenders: readonly object[];
}

/** A stock kube-scheduler beside a control plane, with the configuration that our example has. @param extender what differs of its extender */
export function kubeScheduler(controlPlane: ControlPlane, extender: object): BackgroundProcess {
  const apiVersion = version(binaries().minor);
  const file = apiVersion === 'v1beta3' ? 'v1' : apiVersion;
  const text = readFileSync(join(root, `deploy/examples/scheduler/kube-scheduler-${file}.yaml`), 'utf8');
  const example = parse(text) as Configuration;
  const { address, directory } = controlPlane;
  const configuration = join(directory, 'kube-scheduler.json');
  const isFormer = binaries().minor < 23;
  // Until 1.23 there was a second port without TLS, on all addresses of the machine.
  const former = { healthzBindAddress: `${address}:${formerPort}`, metricsBindAddress: `${address}:${formerPort}` };
  writeFileSync(
    configuration,
    JSON.stringify({
      ...example,
      apiVersion: `kubescheduler.config.k8s.io/${apiVersion}`,
      clientConnection: { kubeconfig: controlPlane.kubeconfig(schedulerUser) },
      leaderElection: { leaderElect: false },
      extenders: example.extenders.map((one) => ({ ...one, ...extender })),
      ...(isFormer ? former : {}),
    }),
  );
  return new BackgroundProcess(controlPlane.ground, {
    name: 'kube-scheduler',
    command: [
      binaries().path('kube-scheduler'),
      `--config=${configuration}`,
      `--bind-address=${address}`,
      `--secure-port=${securePort}`,
      '--v=2',
    ],
    isReady: () => accepts(address, securePort),
  });
}
