import { edit, type Mutation } from './mutation.ts';

const cluster = 'daemon/administration/cluster';

/** Of what is taken for several families at once, and of answers for all daemons. */
export const clusterMutations: readonly Mutation[] = [
  {
    name: 'what was taken for one family is kept when the other has none',
    emphasis: 'failing-disks',
    edits: [
      edit(
        'daemon/allocation/take-all.ts',
        'return { taken: inOrder(), ...(failed',
        'return { taken: failed === undefined ? inOrder() : [], ...(failed',
      ),
    ],
  },
  {
    name: 'a daemon that does not answer is not named',
    edits: [edit(`${cluster}/ask.ts`, 'unanswered.push({ node, reason: reasonOf(error) });', 'reasonOf(error);')],
  },
  {
    name: 'a block of a daemon that does not answer counts as empty',
    edits: [
      edit(
        `${cluster}/cluster-administration.ts`,
        'return { ...block, used, unknown: block.total - used };',
        'return { ...block, used, unknown: 0n };',
      ),
    ],
  },
  {
    name: 'an address of a daemon that does not answer is nobody’s',
    edits: [
      edit(`${cluster}/find-address.ts`, 'const unanswered = [{ node: daemon, reason }];', 'const unanswered = [];'),
    ],
  },
  {
    name: 'a list does not say whose part is missing',
    edits: [
      edit(
        `${cluster}/cluster-administration.ts`,
        'if (this.#hasBlocks(daemon, request.filter)) unanswered.push({ node: daemon, reason });',
        '',
      ),
    ],
  },
];
