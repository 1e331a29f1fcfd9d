import { edit, type Mutation } from './mutation.ts';

/** Faults of what is remembered of who had what when. */
export const historyMutations: readonly Mutation[] = [
  {
    name: 'a release is not written down',
    edits: [
      edit(
        'daemon/journal/history-notes.ts',
        "return ofAllocation('released', allocation, { identity, reason: cause?.reason, detail: cause?.text });",
        'return identity === undefined || cause !== undefined ? undefined : undefined;',
      ),
    ],
  },
  {
    name: 'a release does not say since when the address was had',
    edits: [
      edit('ipam/history/entry.ts', '    since: createdAt,\n', '    since: createdAt > 0 ? undefined : createdAt,\n'),
    ],
  },
  {
    name: 'nobody writes down that the clock was put',
    edits: [
      edit(
        'ipam/history/recorder.ts',
        'return this.#clock !== undefined && Math.abs(this.#offset - this.#clock.offset) >= smallestStep;',
        'return this.#clock !== undefined && Math.abs(this.#offset - this.#clock.offset) < -smallestStep;',
      ),
    ],
  },
  {
    name: 'a clock that was put while the daemon was away is not noticed',
    edits: [
      edit(
        'ipam/history/recorder.ts',
        'if (this.#latest > 0 && Math.abs(by) >= smallestStep) entries.push(this.#clockSet(by));',
        'if (this.#latest > 0 && Math.abs(by) < 0) entries.push(this.#clockSet(by));',
      ),
    ],
  },
  {
    name: 'of several steps of a clock only the last counts',
    edits: [edit('ipam/history/clock-doubt.ts', 'this.#before.findLast((step)', 'this.#before.find((step)')],
  },
  {
    name: 'the past is forgotten long before its time',
    edits: [edit('ipam/history/retention.ts', 'latest > now - keptMs) break;', 'latest > now - keptMs / 8) break;')],
  },
];
