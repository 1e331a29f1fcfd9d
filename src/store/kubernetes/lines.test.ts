import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

async function* pieces(of: readonly string[]): AsyncGenerator<string> {
  yield* of;
}

describe('the lines of a stream', () => {
  it('are the same however it is cut', async () => {
    const texts = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(40), { maxLength: 6 }), async (lines, cuts) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const bounds = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const parts = bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
        expect(await Array.fromAsync(linesOf(pieces(parts), 100))).toEqual(lines);
      }),
    );
  });

  it('leave out what was cut off, and have a limit', async () => {
    expect(await Array.fromAsync(linesOf(pieces(['whole\nhal', 'f']), 100))).toEqual(['whole']);
    await expect(Array.fromAsync(linesOf(pieces(['too', 'long']), 5))).rejects.toThrow('longer than 5');
  });
});
