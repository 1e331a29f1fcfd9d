import { parentPort } from 'node:worker_threads';
import type { WorldReport } from './campaign.ts';
import type { WorldOptions } from './options.ts';
import { simulate } from './simulate.ts';

/** Thread of campaign.ts: one world for each message. */
parentPort?.on('message', async (options: WorldOptions) => {
  const { operations, elapsed, faults, broken } = await simulate(options);
  const report: WorldReport = { operations, elapsed, faults, broken: broken?.message };
  parentPort?.postMessage(report);
});
