import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { remove } from './remove-resources.ts';
import type { Run } from './run.ts';

describe('delete --dry-run', () => {
  /** @param answer of the daemon to the dry run of a delete */
  async function printed(words: readonly string[], answer: (name: string) => object) {
    const resources = async (_: string, { name }: { readonly name: string }) => answer(name);
    const client = { resources } as unknown as Client;
    const lines: string[] = [];
    const exits: number[] = [];
    const run = { setExit: (code: number) => void exits.push(code) } as unknown as Run;
    const output = { format: 'table', colour: false, print: (text: string) => void lines.push(text) } as const;
    await remove({ step: () => {}, client, output }, run, { words, dryRun: true });
    return { lines, exits };
  }

  const refuse = (message: string, code: string) => (): never => {
    throw new CliError(message, { code, advice: 'it may be of an earlier version' });
  };

  it('says of each what would come of it', async () => {
    const answer = (name: string): object => (name === 'b' ? refuse('b is in use', 'in-use')() : {});
    expect(await printed(['pool', 'a', 'b'], answer)).toEqual({
      lines: [
        'spiderippool/a deleted (dry run)\n',
        'spiderippool/b refused: b is in use\n  hint: it may be of an earlier version\n',
      ],
      exits: [1],
    });
  });

  it.each([
    ['one', ['pool', 'a']],
    ['several', ['pool', 'a', 'b']],
  ])('says nothing of any, but that the daemon cannot tell, where it is too old: %s', async (_, words) => {
    await expect(printed(words, refuse('/run/ipam.sock does not do that', 'unsupported'))).rejects.toMatchObject({
      message: '/run/ipam.sock does not do that',
      advice: 'it may be of an earlier version',
    });
  });
});
