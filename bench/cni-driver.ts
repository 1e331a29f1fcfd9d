import { join } from 'node:path';
import { root } from '../test/kit/paths.ts';
import { must } from '../test/kit/run.ts';

/** One execution of a CNI plugin, milliseconds. */
export interface Execution {
  readonly verb: 'ADD' | 'DEL';
  readonly taken: number;
  /** Since the first of its verb. */
  readonly start: number;
  /** Exit status; 255 when a signal ended it. */
  readonly exit: number;
}

export interface Load {
  readonly plugin: string;
  readonly network: object;
  readonly workers: number;
  /** Of all workers together. */
  readonly calls: number;
  /** Containers are PREFIX-0, PREFIX-1 … */
  readonly prefix: string;
  /** By default both: ADD for every container, then DEL for every container. */
  readonly verb?: 'ADD' | 'DEL';
  /** Each container is the sandbox of the Pod of its name in this namespace. */
  readonly namespace?: string;
}

/** A small program that executes plugins from many workers at once: Node.js forks too slowly for that. */
export class CniDriver {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async compile(directory: string): Promise<CniDriver> {
    const program = join(directory, 'cni-driver');
    await must('cc', ['-O2', '-o', program, join(root, 'bench/cni-driver.c')]);
    return new CniDriver(program);
  }

  /** @throws when an execution could not even be started; one that failed is among the others */
  async run({ plugin, network, workers, calls, prefix, verb, namespace }: Load): Promise<readonly Execution[]> {
    const args = [
      plugin,
      String(workers),
      String(calls),
      prefix,
      verb ?? 'ADD,DEL',
      ...(namespace === undefined ? [] : [namespace]),
    ];
    const output = await must(this.#program, args, { stdin: JSON.stringify(network) });
    return output
      .trim()
      .split('\n')
      .map((line) => {
        const [verb, taken, start, exit] = line.split(' ');
        return {
          verb: verb === 'DEL' ? 'DEL' : 'ADD',
          taken: Number(taken) / 1000,
          start: Number(start) / 1000,
          exit: Number(exit),
        };
      });
  }
}
