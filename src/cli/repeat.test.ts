import { describe, expect, it } from 'vitest';
import { repeat } from './repeat.ts';

/** What is printed of these looks. */
async function printed(looks: readonly string[]): Promise<string> {
  let at = 0;
  let text = '';
  await repeat(
    async (print) => {
      for (const part of looks[at] ?? '') print(part);
    },
    (part) => (text += part),
    async () => {
      at += 1;
      return at < looks.length;
    },
  );
  return text;
}

describe('--watch', () => {
  it.each([
    ['prints once what stays as it is', ['a\n', 'a\n', 'a\n'], 'a\n'],
    ['prints again what has changed', ['a\n', 'b\n', 'b\n', 'a\n'], 'a\n\nb\n\na\n'],
    ['prints that nothing is left', ['a\n', ''], 'a\n\n'],
  ])('%s', async (_what, looks, text) => expect(await printed(looks)).toBe(text));
});
