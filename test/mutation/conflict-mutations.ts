import { edit, type Mutation } from './mutation.ts';

const takeUnused = 'daemon/allocation/take-unused.ts';

/** Faults of daemons that ask the segment before they answer: found where others use addresses of whom no daemon knows. */
export const conflictMutations: readonly Mutation[] = [
  {
    name: 'that somebody else uses an address is found out and ignored',
    emphasis: 'strangers',
    edits: [edit('daemon/allocation/conflict-guard.ts', "if (answer.kind === 'nobody') return [];", 'return [];')],
  },
  {
    name: 'an address is answered whose quarantine was forgotten at once',
    emphasis: 'strangers',
    needsForgetfulStore: true,
    edits: [edit(takeUnused, 'found.length === 0 && !isQuarantined', '!isQuarantined')],
  },
  {
    name: 'an address that somebody else uses is given back, and answered all the same',
    emphasis: 'strangers',
    edits: [edit(takeUnused, 'await giveBack();', 'await giveBack();\n    return allocation;')],
  },
  {
    name: 'only the first address that an ADD takes is asked for',
    emphasis: 'strangers',
    edits: [edit(takeUnused, 'await examine(allocation)', 'attempt > 1 ? [] : await examine(allocation)')],
  },
  {
    name: 'the answer for one address is taken for that of all',
    emphasis: 'strangers',
    edits: [edit('daemon/allocation/conflict-guard.ts', 'answers[index] ??', 'answers[0] ??')],
  },
  {
    name: 'what a crash left unasked is answered to the executable',
    emphasis: 'strangers',
    edits: [
      edit(
        'daemon/allocation/node-ipam.ts',
        'return request.execution === undefined ? again : this.#takeUnused(request, again);',
        'return again;',
      ),
    ],
  },
];
