import { nestingLimit } from './nesting.ts';

/**
 * Where a text stops being JSON, and why, for people: `line 8, column 3: a comma is missing before "etcdConfig"`. The engine's own
 * messages name a place for some mistakes, and for a comma too many in a list they do not.
 * @returns undefined: it is JSON, and not nested too deep
 */
export function jsonProblem(text: string): string | undefined {
  const scan = new Scan(text);
  const found = scan.document();
  if (found === undefined) return undefined;
  const before = text.slice(0, found.at).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${found.why}`;
}

interface Problem {
  readonly at: number;
  readonly why: string;
}

const blanks = /[ \t\r\n]*/y;
/** Any character from the blank on but quote and backslash, or an escape. */
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

class Scan {
  readonly #text: string;
  #at = 0;

  constructor(of: string) {
    this.#text = of;
  }

  document(): Problem | undefined {
    const found = this.#value(0);
    if (found !== undefined) return found;
    return this.#peek() === '' ? undefined : this.#problem(`nothing may follow the end, and ${this.#shown()} does`);
  }

  #value(depth: number): Problem | undefined {
    const next = this.#peek();
    // Refused whatever else it says, and more of it than this could be looked through.
    if (depth >= nestingLimit && (next === '{' || next === '['))
      return this.#problem(`nested more than ${nestingLimit} levels deep`);
    if (next === '{') return this.#members('}', () => this.#member(depth));
    if (next === '[') return this.#members(']', () => this.#value(depth + 1));
    if (next === '"') return this.#string();
    if (this.#take(scalar)) return undefined;
    return this.#problem(next === '' ? 'it ends too early' : `a value is missing before ${this.#shown()}`);
  }

  #members(end: string, member: () => Problem | undefined): Problem | undefined {
    this.#at += 1;
    if (this.#peek() === end) {
      this.#at += 1;
      return undefined;
    }
    for (;;) {
      const found = member();
      if (found !== undefined) return found;
      const next = this.#peek();
      const comma = this.#at;
      if (next === '') return this.#problem(`it ends before "${end}"`);
      if (next !== ',' && next !== end) return this.#problem(`a comma is missing before ${this.#shown()}`);
      this.#at += 1;
      if (next === end) return undefined;
      if (this.#peek() === end) return { at: comma, why: `there is a comma too many, before "${end}"` };
    }
  }

  #member(depth: number): Problem | undefined {
    if (this.#peek() !== '"') return this.#problem(`a key in double quotes is missing before ${this.#shown()}`);
    const found = this.#string();
    if (found !== undefined) return found;
    if (this.#peek() !== ':') return this.#problem(`a colon is missing before ${this.#shown()}`);
    this.#at += 1;
    return this.#value(depth + 1);
  }

  #string(): Problem | undefined {
    if (this.#take(string)) return undefined;
    return this.#problem('a text has no closing quote on its line, or a wrong escape in it');
  }

  /** The character that comes next, blanks passed over; empty at the end. */
  #peek(): string {
    this.#take(blanks);
    return this.#text.charAt(this.#at);
  }

  #shown(): string {
    const rest = this.#text.slice(this.#at, this.#at + 40);
    if (rest === '') return 'the end';
    const [word = rest.charAt(0)] = /^(?:"[^"\n]*"?|[\w.+-]+)/.exec(rest) ?? [];
    return word.startsWith('"') ? word : JSON.stringify(word);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #problem(why: string): Problem {
    return { at: this.#at, why };
  }
}
