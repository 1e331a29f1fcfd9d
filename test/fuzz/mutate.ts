import type { Random } from '../kit/random.ts';

/** Longer inputs find little more and cost the time of a hundred short ones. */
const lengthLimit = 64 * 1024;
/** A change that repeats a chunk does so up to this often: enough to overflow a stack that follows the input. */
const repeatLimit = 20_000;

type Change = (input: Buffer, random: Random, others: Others) => Buffer;

interface Others {
  readonly pool: readonly Buffer[];
  readonly dictionary: readonly string[];
}

const flipBit: Change = (input, random) => {
  if (input.length === 0) return input;
  const copy = Buffer.from(input);
  const at = random.below(copy.length);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << random.below(8)), at);
  return copy;
};

const setByte: Change = (input, random) => {
  if (input.length === 0) return input;
  const copy = Buffer.from(input);
  copy.writeUInt8(random.pick([0, 1, 9, 10, 0x20, 0x22, 0x2f, 0x30, 0x7f, 0x80, 0xff]), random.below(copy.length));
  return copy;
};

const insertToken: Change = (input, random, { dictionary }) => {
  const at = random.below(input.length + 1);
  return spliced(input, at, at, Buffer.from(random.pick(dictionary)));
};

/** Words, numbers, quoted texts and single signs: what most grammars of text are made of. */
const replaceToken: Change = (input, random, { dictionary, pool }) => {
  const tokens = tokensOf(input);
  if (tokens.length === 0) return insertToken(input, random, { dictionary, pool });
  const { start, end } = random.pick(tokens);
  const donors = tokensOf(random.pick(pool));
  if (donors.length === 0 || random.below(3) > 0) {
    return spliced(input, start, end, Buffer.from(random.pick(dictionary)));
  }
  const donor = random.pick(donors);
  return spliced(input, start, end, Buffer.from(donor.text, 'latin1'));
};

const removeChunk: Change = (input, random) => {
  const { start, end } = chunk(input, random);
  return spliced(input, start, end, Buffer.alloc(0));
};

const duplicateChunk: Change = (input, random) => {
  const { start, end } = chunk(input, random);
  return spliced(input, end, end, input.subarray(start, end));
};

const repeatChunk: Change = (input, random) => {
  const start = random.below(input.length + 1);
  const few = input.subarray(start, start + 1 + random.below(6));
  if (few.length === 0) return input;
  const times = Math.min(Math.ceil(repeatLimit ** random.next()), Math.floor(lengthLimit / few.length));
  return spliced(input, start, start, Buffer.concat(new Array<Buffer>(times).fill(few)));
};

const truncate: Change = (input, random) => input.subarray(0, random.below(input.length + 1));

const splice: Change = (input, random, { pool }) => {
  const other = random.pick(pool);
  return Buffer.concat([
    input.subarray(0, random.below(input.length + 1)),
    other.subarray(random.below(other.length + 1)),
  ]);
};

/** Common ones stand twice. */
const changes: readonly Change[] = [
  flipBit,
  setByte,
  insertToken,
  insertToken,
  replaceToken,
  replaceToken,
  replaceToken,
  removeChunk,
  duplicateChunk,
  truncate,
  splice,
];

/** One input made of another by one to four changes. */
export function mutate(input: Buffer, random: Random, others: Others): Buffer {
  let changed = input;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const change = random.below(100) === 0 ? repeatChunk : random.pick(changes);
    changed = change(changed, random, others);
  }
  return changed.subarray(0, lengthLimit);
}

function chunk(input: Buffer, random: Random): { start: number; end: number } {
  const start = random.below(input.length + 1);
  const length = random.below(2) === 0 ? random.below(8) : random.below(input.length - start + 1);
  return { start, end: Math.min(input.length, start + length) };
}

function spliced(input: Buffer, start: number, end: number, middle: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, start), middle, input.subarray(end)]);
}

function tokensOf(input: Buffer): readonly { start: number; end: number; text: string }[] {
  // One character a byte, so that positions are those of the bytes.
  const text = input.subarray(0, 4096).toString('latin1');
  return [...text.matchAll(/"[^"]*"|[\w.:/-]+|[^\s\w]/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
  }));
}
