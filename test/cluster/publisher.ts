import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedMark } from '../../src/resources/occupancy.ts';
import { waitFor } from '../kit/wait.ts';
import type { ControlPlane } from './control-plane.ts';
import { ControllerProcess } from './controller-process.ts';

/** It reads all claims first, and writes a page for each 4,096 addresses; a bench has a million. */
const longestMs = 300_000;

/** A controller that publishes what is taken, for daemons that know their own claims only; it has published all there is. */
export async function startPublisher(controlPlane: ControlPlane): Promise<ControllerProcess> {
  const config = join(controlPlane.directory, 'publisher.yaml');
  writeFileSync(config, 'occupancy:\n  publish: true\n');
  const kubeconfig = await controlPlane.kubeconfigFor('berth-system/ipam-controller');
  const controller = new ControllerProcess({ kubeconfig, args: ['--config', config] });
  const mark = `/apis/berth.network/v1alpha1/ipoccupancies/${publishedMark}`;
  try {
    await controller.start(longestMs);
    await waitFor('pages to be published', () => controlPlane.get(mark), longestMs, 100);
  } catch (error) {
    process.stderr.write(controller.log);
    await controller.remove();
    throw error;
  }
  return controller;
}
