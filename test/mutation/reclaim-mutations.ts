import { edit, type Mutation } from './mutation.ts';

const emphasis = 'abandoned';

/** Faults of taking back what nobody owns: too early, of another, for a wrong reason, or never. */
export const reclaimMutations: readonly Mutation[] = [
  {
    name: 'a network namespace that is there does not keep the address',
    emphasis,
    edits: [
      edit(
        'daemon/reclaim-ended.ts',
        'const isEnded = isPodThere ? this.#isKnownGone(netns) : !hasNetns(netns);',
        'const isEnded = netns.length + Number(isPodThere) + Number(hasNetns(netns)) + Number(this.#isKnownGone(netns)) >= 0;',
      ),
    ],
  },
  {
    name: 'a network namespace in a folder that nobody sees counts as gone',
    emphasis,
    edits: [
      edit(
        'daemon/reclaim-ended.ts',
        'return this.#sandboxes.canSee(netns) && isNetnsGone(netns, this.#hasNetns) === true;',
        'return isNetnsGone(netns, this.#hasNetns) === true;',
      ),
    ],
  },
  {
    name: 'what a watch shows of a Pod is believed',
    emphasis,
    edits: [
      edit(
        'ipam/reclaim/ended-pods.ts',
        'const state = await this.#life.look(pod);',
        "const state = await Promise.resolve<PodState>(this.#life.seen(pod) ?? { kind: 'gone' });",
      ),
    ],
  },
  {
    name: 'one answer that a Pod is gone is enough',
    emphasis,
    edits: [
      edit('ipam/reclaim/ended-pods.ts', "state.kind === 'gone' && before?.kind === 'gone'", "state.kind === 'gone'"),
    ],
  },
  {
    name: 'the delay after a grace period is not waited for',
    emphasis,
    edits: [
      edit(
        'ipam/reclaim/ended-pods.ts',
        "if (state.kind === 'terminating' && isTerminatingEnough && state.endsAt + terminatingDelayMs <= now) {",
        "if (state.kind === 'terminating' && isTerminatingEnough && state.endsAt - terminatingDelayMs <= now) {",
      ),
      edit(
        'ipam/reclaim/ended-pods.ts',
        '(isTerminatingEnough && seen.endsAt + terminatingDelayMs <= now)',
        '(isTerminatingEnough && seen.endsAt - terminatingDelayMs <= now)',
      ),
    ],
  },
  {
    name: 'a lost sandbox frees what the one in its place has',
    emphasis,
    edits: [
      edit(
        'ipam/reclaim/ended-sandboxes.ts',
        'return [{ allocation, cause:',
        'return [{ allocation: successor ?? allocation, cause:',
      ),
    ],
  },
  {
    name: 'another Pod of the same name is taken for the one that is gone',
    emphasis,
    edits: [
      edit(
        'ipam/reclaim/garbage.ts',
        "return pod.uid === '' || pod.uid === seen.uid ||",
        'return pod.name.length > 0 ||',
      ),
    ],
  },
  {
    name: 'a release is told of with the reason of another',
    emphasis,
    edits: [edit('ipam/reclaim/ended-pods.ts', "reason: 'pod-terminating',", "reason: 'pod-finished',")],
  },
];
