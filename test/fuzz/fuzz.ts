import { Random } from '../kit/random.ts';
import { corpusOf, keepFinding } from './corpus.ts';
import { mutate } from './mutate.ts';
import { slowness, spentMs } from './pace.ts';
import { shrink } from './shrink.ts';
import type { Target } from './target.ts';
import { Watchdog } from './watchdog.ts';
import { wordOf } from './word.ts';

/** Longest that one input may take on a machine that is not slow, milliseconds of its own. */
const slowMs = 1_000;
/** A slow input is run again before it counts: the first time its code is not compiled yet. */
const slowTries = 3;
/** Inputs kept for further changes, on top of the corpus. */
const poolLimit = 2_000;
/** Longer ones, most of them past findings, are run once and not changed: they would take all the time. */
const changedLimit = 4 * 1024;
/** Different findings after which a target has told enough. */
const findingLimit = 5;

/** Longest literal that is printed. */
const shownLimit = 2_000;

export interface FuzzOptions {
  readonly budgetMs: number;
  readonly seed: number;
}

export interface Finding {
  readonly target: string;
  readonly seed: number;
  /** The input as a JavaScript literal of one character a byte. */
  readonly literal: string;
  readonly problem: string;
  /** Where the input is kept from now on. */
  readonly file: string;
}

export interface FuzzReport {
  readonly runs: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

/** Runs every entry of the target's corpus. @returns what is wrong, one line each */
export async function replay(target: Target): Promise<readonly string[]> {
  const problems: string[] = [];
  const watchdog = new Watchdog(target.name);
  for (const { file, input } of corpusOf(target.name)) {
    const { problem } = await attempt(target, input, watchdog);
    if (problem !== undefined) problems.push(`${target.name}/${file}: ${problem}`);
  }
  await watchdog.stop();
  return problems;
}

/** Changes corpus entries and runs them until the time is up. The same seed makes the same inputs in the same order. */
export async function fuzz(target: Target, { budgetMs, seed }: FuzzOptions): Promise<FuzzReport> {
  const random = new Random(seed);
  const corpus = corpusOf(target.name).map(({ input }) => input);
  const pool = corpus.filter(({ length }) => length <= changedLimit);
  const words = new Set<string>();
  const findings = new Map<string, Finding>();
  const watchdog = new Watchdog(target.name);
  const started = performance.now();
  let runs = 0;
  while (performance.now() - started < budgetMs && findings.size < findingLimit) {
    const input = corpus[runs] ?? nextInput(target, pool, random);
    const { word, problem } = await attempt(target, input, watchdog);
    runs += 1;
    if (problem !== undefined && !findings.has(kindOf(problem))) {
      findings.set(kindOf(problem), await findingOf(target, seed, input, problem, watchdog));
    }
    if (words.has(word) || pool.length > poolLimit || input.length > changedLimit) continue;
    words.add(word);
    pool.push(input);
  }
  await watchdog.stop();
  return { runs, seconds: (performance.now() - started) / 1000, findings: [...findings.values()] };
}

/** What a person needs to see it again. */
export function describeFinding({ target, seed, literal, problem, file }: Finding): string {
  const shown = literal.length > shownLimit ? `${literal.slice(0, shownLimit)}… (the file has all)` : literal;
  return `FINDING ${target} (seed ${seed}): ${problem}\n  input: ${shown}\n  kept in ${file}`;
}

function nextInput({ make, dictionary }: Target, pool: readonly Buffer[], random: Random): Buffer {
  if (make !== undefined && random.below(3) === 0) return make(random);
  return mutate(random.pick(pool), random, { pool, dictionary });
}

interface Outcome {
  readonly word: string;
  readonly problem: string | undefined;
}

async function attempt(target: Target, input: Buffer, watchdog: Watchdog): Promise<Outcome> {
  let fastest = Number.POSITIVE_INFINITY;
  let word = '';
  for (let tries = 0; tries < slowTries && fastest > slowMs; tries += 1) {
    const before = spentMs();
    watchdog.begin(input);
    try {
      word = await target.run(input);
    } catch (error) {
      return { word: '', problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    } finally {
      watchdog.rest();
    }
    const spent = spentMs() - before;
    fastest = Math.min(fastest, spent > slowMs ? spent / slowness() : spent);
  }
  return { word, problem: fastest > slowMs ? `hangs: ${Math.round(fastest)} ms` : undefined };
}

async function findingOf(
  target: Target,
  seed: number,
  input: Buffer,
  problem: string,
  watchdog: Watchdog,
): Promise<Finding> {
  const same = async (other: Buffer) => {
    const { problem: again } = await attempt(target, other, watchdog);
    return again !== undefined && kindOf(again) === kindOf(problem);
  };
  const smallest = problem.startsWith('hangs') ? input : await shrink(input, same);
  const literal = JSON.stringify(smallest.toString('latin1'));
  return { target: target.name, seed, literal, problem, file: keepFinding(target.name, smallest) };
}

/** Problems of one kind differ in their values only. */
function kindOf(problem: string): string {
  const [message = '', place = ''] = problem.split('\n');
  return `${wordOf(message)} ${place.trim()}`;
}
