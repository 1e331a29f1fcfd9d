import type { CniHandler } from './handler.ts';

/** Told of every answered call: its verb, how it ended (`run`: something is to be done first), and how long it took, in seconds. */
export type CniObserver = (verb: string, outcome: 'success' | 'error' | 'run', seconds: number) => void;

const verbs = new Set(['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION']);

/** Times what goes through to a handler. The verb comes from outside, so an unknown one is not used as a label. */
export function observedCniHandler(handle: CniHandler, observe: CniObserver): CniHandler {
  return async (call) => {
    const start = performance.now();
    const answer = await handle(call);
    const command = call.environment.get('CNI_COMMAND') ?? '';
    const outcome = answer.type !== 'print' ? 'run' : answer.exit === 0 ? 'success' : 'error';
    observe(verbs.has(command) ? command : 'unknown', outcome, (performance.now() - start) / 1000);
    return answer;
  };
}
