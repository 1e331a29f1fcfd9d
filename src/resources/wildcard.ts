/** One sign of a pattern: any number of any characters, or one character that passes a test. */
type Sign = 'any' | ((character: string) => boolean);

/** A pattern that is none: a class without end, a backslash with nothing behind. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Does the name stand for several? Names of objects have none of these characters, so nothing is lost. */
export function isPattern(name: string): boolean {
  return /[*?[\]\\]/.test(name);
}

/**
 * Go's path.Match for names without slashes: `*` any characters, `?` one, `[a-c]` one of a class, `[^a-c]` one
 * that is in none, `\` takes the next character as it is.
 * @throws PatternError
 */
export function compilePattern(text: string): (name: string) => boolean {
  const signs = parseSigns(text);
  return (name) => matches(signs, name);
}

/** Only the last star is ever tried again, so the work is the product of both lengths at most. */
function matches(signs: readonly Sign[], name: string): boolean {
  let [at, sign] = [0, 0];
  let retry: { readonly sign: number; at: number } | undefined;
  while (at < name.length) {
    const test = signs[sign];
    if (test === 'any') {
      sign += 1;
      retry = { sign, at };
    } else if (test?.(name[at] ?? '')) {
      at += 1;
      sign += 1;
    } else if (retry !== undefined) {
      retry.at += 1;
      at = retry.at;
      sign = retry.sign;
    } else {
      return false;
    }
  }
  return signs.slice(sign).every((rest) => rest === 'any');
}

function parseSigns(text: string): readonly Sign[] {
  const signs: Sign[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at];
    if (character === '*' || character === '?') {
      signs.push(character === '*' ? 'any' : () => true);
      at += 1;
    } else if (character === '[') {
      const { test, next } = parseClass(text, at + 1);
      signs.push(test);
      at = next;
    } else {
      const { literal, next } = parseLiteral(text, at);
      signs.push((other) => other === literal);
      at = next;
    }
  }
  return signs;
}

function parseClass(text: string, start: number): { test: (character: string) => boolean; next: number } {
  const negated = text[start] === '^';
  const ranges: (readonly [low: string, high: string])[] = [];
  let at = negated ? start + 1 : start;
  while (text[at] !== ']' || ranges.length === 0) {
    const low = parseClassLiteral(text, at);
    const high = text[low.next] === '-' ? parseClassLiteral(text, low.next + 1) : low;
    ranges.push([low.literal, high.literal]);
    at = high.next;
  }
  const test = (character: string) => negated !== ranges.some(([low, high]) => low <= character && character <= high);
  return { test, next: at + 1 };
}

function parseClassLiteral(text: string, at: number): { literal: string; next: number } {
  if (text[at] === '-' || text[at] === ']') throw new PatternError(`"${text[at]}" begins a range of a class`);
  return parseLiteral(text, at, 'a "[" has no "]"');
}

function parseLiteral(text: string, at: number, missing = ''): { literal: string; next: number } {
  const escaped = text[at] === '\\';
  const literal = text[escaped ? at + 1 : at];
  if (literal === undefined) throw new PatternError(escaped ? 'a "\\" has nothing behind it' : missing);
  return { literal, next: at + (escaped ? 2 : 1) };
}
