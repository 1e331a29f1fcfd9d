import { type Block, blocksOf, type Command, commandsIn } from './blocks.ts';

/**
 * One marked block of a page. The mark stands in a comment before the block: `walkthrough: NAME`, and behind semicolons
 * what a reader would see to by himself:
 *
 * - `on HOST`: where its lines are typed, but for those that say it themselves (`# on HOST`);
 * - `file PATH`: the block is the text of a file;
 * - `first HOST is killed`: its daemon ends, as by a power cut, before the block begins;
 * - `installs`: guides that take an installation for granted begin with it;
 * - `shows PATTERN`: a regular expression that fits what the block prints; until it does, the last line is repeated.
 */
export interface Step {
  readonly block: Block;
  readonly walk: string;
  readonly commands: readonly Command[];
  readonly on: string | undefined;
  readonly file: string | undefined;
  readonly killed: string | undefined;
  readonly installs: boolean;
  readonly shows: readonly RegExp[];
}

/** The steps of a walk-through, in the order of pages and of their blocks. */
export function stepsOf(walk: string, pages: readonly string[]): readonly Step[] {
  return pages
    .flatMap((page) => blocksOf(page).flatMap((block) => stepIn(block) ?? []))
    .filter((step) => step.walk === walk);
}

/** @returns undefined: the block is in no walk-through. @throws Error that says where the mark says something unknown */
export function stepIn(block: Block): Step | undefined {
  if (block.mark === undefined) return undefined;
  const [walk = '', ...notes] = block.mark.split(/;\s+/);
  const step = { on: undefined, file: undefined, killed: undefined, installs: false, shows: [] as RegExp[] } as {
    on: string | undefined;
    file: string | undefined;
    killed: string | undefined;
    installs: boolean;
    shows: RegExp[];
  };
  for (const note of notes) {
    const [, on] = /^on (\S+|every node)$/.exec(note) ?? [];
    const [, file] = /^file (\S+)$/.exec(note) ?? [];
    const [, killed] = /^first (\S+) is killed$/.exec(note) ?? [];
    const [, pattern] = /^shows (.+)$/.exec(note) ?? [];
    if (on !== undefined) step.on = on;
    else if (file !== undefined) step.file = file;
    else if (killed !== undefined) step.killed = killed;
    else if (note === 'installs') step.installs = true;
    else if (pattern !== undefined) step.shows.push(new RegExp(pattern));
    else throw new Error(`${block.page}:${block.line}: a walk-through knows no "${note}"`);
  }
  return { block, walk, ...step, commands: step.file === undefined ? commandsIn(block) : [] };
}
