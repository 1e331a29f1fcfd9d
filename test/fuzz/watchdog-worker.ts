import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { keepFinding } from './corpus.ts';
import { inputAt } from './watched-input.ts';

const { shared, target } = workerData as { shared: SharedArrayBuffer; target: string };
const lookMs = 200;
/** Far above the second that an input may take, so that a busy machine is no finding. */
const patienceMs = 20_000;
const memoryLimit = 2 * 1024 ** 3;

const input = inputAt(shared);
let seen = 0;
let since = performance.now();

setInterval(() => {
  const number = input.number();
  if (number === 0 || number !== seen) {
    seen = number;
    since = performance.now();
    return;
  }
  const busyMs = performance.now() - since;
  const memory = process.memoryUsage.rss();
  if (busyMs > patienceMs) end(`runs since ${Math.round(busyMs)} ms`);
  if (memory > memoryLimit) end(`has taken the process to ${memory} bytes of memory`);
}, lookMs);

/** The main thread may never yield again, so this one writes and ends the process. */
function end(what: string): void {
  const file = keepFinding(target, input.bytes());
  writeSync(2, `FINDING ${target}: an input ${what}; kept in ${file}\n`);
  process.kill(process.pid, 'SIGKILL');
}
