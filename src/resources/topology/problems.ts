import type { Path } from './topology.ts';

/** One thing that is wrong with a topology or with a node. */
export interface TopologyProblem {
  /** Where in the value that was read. */
  readonly path: Path;
  /** What is wrong. */
  readonly message: string;
  /** What to do; empty where the message says it. */
  readonly advice: string;
}

/** So many are kept: whoever has more has made one mistake many times. */
export const mostProblems = 100;

/** Gathers all that is wrong, within bounds. */
export class TopologyProblems {
  readonly #kept: TopologyProblem[] = [];
  readonly #paths = new Set<string>();
  #count = 0;

  /** How many there are, also beyond those that are kept. */
  get count(): number {
    return this.#count;
  }

  get kept(): readonly TopologyProblem[] {
    return this.#kept;
  }

  add(path: Path, message: string, advice = ''): void {
    this.#count += 1;
    if (this.#kept.length >= mostProblems) return;
    this.#kept.push({ path, message, advice });
    this.#paths.add(pathText(path));
  }

  /** Is anything wrong just there already? Then what comes of it is not worth a line. */
  has(path: Path): boolean {
    return this.#paths.has(pathText(path));
  }
}

/** `zones[0].pods[1].cidr` */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
