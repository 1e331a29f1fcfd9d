import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';

export interface ShimFuzzReport {
  /** Why it could not run; undefined when it did. */
  readonly skipped: string | undefined;
  readonly runs: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

/** The native executable under libFuzzer and the sanitizers: see shim/fuzz/answer.c. */
export async function fuzzShim({ seconds, seed }: { seconds: number; seed: number }): Promise<ShimFuzzReport> {
  if (!(await hasClang())) {
    return { skipped: 'clang is not installed (Debian: clang, libclang-rt-14-dev)', runs: 0, seconds: 0, problems: [] };
  }
  const started = performance.now();
  // 0 would let libFuzzer choose a seed by itself.
  const options = [`FUZZ_SECONDS=${seconds}`, `FUZZ_SEED=${Math.max(seed, 1)}`];
  const { exit, stdout, stderr } = await run('make', ['-C', join(root, 'shim'), 'fuzz', ...options]);
  const runs = Number(/number_of_executed_units: (\d+)/.exec(stderr)?.[1] ?? 0);
  const took = (performance.now() - started) / 1000;
  const problems = exit === 0 ? [] : [`shim (seed ${seed}):\n${lastLines(stdout + stderr)}`];
  return { skipped: undefined, runs, seconds: took, problems };
}

async function hasClang(): Promise<boolean> {
  try {
    return (await run('clang', ['--version'])).exit === 0;
  } catch {
    return false;
  }
}

/** The sanitizer's report, and where libFuzzer kept the input. */
function lastLines(text: string): string {
  return text.split('\n').slice(-60).join('\n');
}
