/** Longest that making one finding smaller may take, milliseconds. */
const limitMs = 5_000;

/** The input with every chunk removed that the finding does not need, large chunks first. */
export async function shrink(input: Buffer, fails: (input: Buffer) => Promise<boolean>): Promise<Buffer> {
  let smallest = input;
  const deadline = performance.now() + limitMs;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && performance.now() < deadline; ) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (await fails(without)) smallest = without;
      else at += size;
    }
  }
  return smallest;
}
