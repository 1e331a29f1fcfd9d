import type { Finished } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import type { Command } from './blocks.ts';
import { type Step, stepsOf } from './steps.ts';

/** Where lines are typed: one machine of the world of a walk-through. */
export interface Place {
  readonly name: string;
  /** A line as its reader types it, to its end. */
  run(line: string): Promise<Finished>;
  /** A line that goes on, as a service does. @returns what it printed until it was ready */
  start(line: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Ends what was started, at once. */
  kill(): Promise<void>;
}

export interface World {
  /** Where lines are typed that do not say where. */
  readonly home: Place;
  /** The machines of a name; `every node`: all that have Pods. */
  places(name: string): readonly Place[];
}

export interface Audience {
  say(text: string): void;
  /** Aborts when nobody watches any more. */
  readonly signal?: AbortSignal;
}

/** How long the last line of a block is repeated until it shows what the page says, milliseconds. */
const shownMs = 120_000;
const everyMs = 300;

/**
 * Does what marked blocks of pages say, one after the other, and shows each line with what it printed.
 * @throws Error that names page and line of what a reader could not have done
 */
export async function walk(name: string, pages: readonly string[], world: World, audience: Audience): Promise<void> {
  const steps = stepsOf(name, pages);
  if (steps.length === 0) throw new Error(`no block of ${pages.join(', ')} is marked "walkthrough: ${name}"`);
  await takeAll(steps, world, audience);
}

/** The same with these steps. */
export async function takeAll(steps: readonly Step[], world: World, audience: Audience): Promise<void> {
  for (const step of steps) {
    const { page, line } = step.block;
    audience.say(`\n== ${page}:${line}\n`);
    try {
      await take(step, world, audience);
    } catch (error) {
      throw new Error(`${page}:${line}: ${(error as Error).message}`, { cause: error });
    }
  }
}

async function take(step: Step, world: World, { say, signal }: Audience): Promise<void> {
  const { block, commands, on, file, killed, shows } = step;
  const placesOf = (name: string | undefined): readonly Place[] => {
    const found = name === undefined ? [world.home] : world.places(name);
    if (found.length === 0) throw new Error(`there is no machine ${name}`);
    return found;
  };
  if (killed !== undefined) {
    say(`-- ${killed} is killed\n`);
    for (const place of placesOf(killed)) await place.kill();
  }
  if (file !== undefined) {
    for (const place of placesOf(on)) {
      say(`${place.name}: ${file}\n${indented(block.text)}`);
      await place.write(file, block.text);
    }
  }
  let printed = '';
  const type = async ({ text, on: where }: Command): Promise<void> => {
    for (const place of placesOf(where ?? on)) {
      signal?.throwIfAborted();
      say(`${place.name}$ ${text}\n`);
      const said = await typed(place, text);
      say(indented(said));
      printed += said;
    }
  };
  const [last] = commands.slice(-1);
  const isShown = (): boolean => shows.every((pattern) => pattern.test(printed));
  for (const command of commands.slice(0, -1)) await type(command);
  if (last === undefined) return;
  if (shows.length === 0) {
    await type(last);
    return;
  }
  let problem: unknown;
  const attempt = async (): Promise<true | undefined> => {
    problem = undefined;
    await type(last).catch((error: unknown) => {
      signal?.throwIfAborted();
      problem = error;
    });
    return (problem === undefined && isShown()) || undefined;
  };
  await waitFor(`${shows.join(' and ')} in what it prints`, attempt, shownMs, everyMs).catch((error: Error) => {
    throw new Error(`${error.message}${problem === undefined ? '' : `: ${(problem as Error).message}`}\n${printed}`);
  });
}

/** @returns all that it printed. @throws Error when it fails */
async function typed(place: Place, line: string): Promise<string> {
  if (/^(ipam-daemon|prometheus)\b/.test(line)) return place.start(line);
  const { exit, signal, stdout, stderr } = await place.run(line);
  if (exit === 0) return stdout + stderr;
  throw new Error(`${line}: ended with ${exit ?? signal}: ${stderr}${stdout}`);
}

function indented(text: string): string {
  return text === '' ? '' : `${text.trimEnd().replaceAll(/^/gm, '  ')}\n`;
}
