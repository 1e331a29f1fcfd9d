import type { Client } from './client.ts';

/** From here on somebody wonders, milliseconds. */
const patienceMs = 2_000;
const everyMs = 500;

/** What is told of a command that takes long. @param asked what is under way; 0: nothing, as while it waits for a yes */
export function progressLine({ asked, elapsedMs, step }: { asked: number; elapsedMs: number; step: string }): string {
  if (asked === 0 || elapsedMs < patienceMs) return '';
  return `${step} (${Math.floor(elapsedMs / 1000)} s)`;
}

/** Calls of a client, with a line on the terminal while they take long. */
export interface Progress {
  readonly client: Client;
  /** Says what is done now, as `3 of 200 resources`. */
  readonly step: (text: string) => void;
  readonly end: () => void;
}

/** @param show a line that the next one replaces; empty: none; undefined: nobody looks */
export function tellProgress(client: Client, show: ((line: string) => void) | undefined): Progress {
  if (show === undefined) return { client, step: () => {}, end: () => {} };
  const begun = performance.now();
  let asked = 0;
  let step = `asking ${client.address}`;
  const timer = setInterval(() => show(progressLine({ asked, elapsedMs: performance.now() - begun, step })), everyMs);
  const counted = <Call extends (...values: never[]) => Promise<unknown>>(call: Call): Call =>
    (async (...values: never[]) => {
      asked += 1;
      try {
        return await call(...values);
      } finally {
        asked -= 1;
      }
    }) as unknown as Call;
  const { call, resources, cluster, topology } = client;
  return {
    client: {
      ...client,
      call: counted(call),
      resources: counted(resources),
      cluster: counted(cluster),
      topology: counted(topology),
    },
    step: (text) => {
      step = text;
    },
    end: () => {
      clearInterval(timer);
      show('');
    },
  };
}
