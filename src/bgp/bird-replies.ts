/** What BIRD said to one command, or at the beginning. */
export interface BirdReply {
  /** Of its last line: 0..9999 (doc/reply_codes of BIRD). */
  readonly code: number;
  /** All lines, without their codes. */
  readonly lines: readonly string[];
}

/** More than any command says that is given here. Characters. */
const longestReply = 65_536;

/**
 * Makes replies of what comes from BIRD's control socket, in whatever pieces. A line is a code, then `-` where more of the reply
 * follows, or a blank; a line without a code has the one before it. `+` begins what was not asked for.
 */
export class BirdReplies {
  #rest = '';
  #lines: string[] = [];
  #length = 0;

  /** @returns the replies that end in this piece @throws Error: whoever is at the other end does not speak as BIRD does */
  take(piece: string): readonly BirdReply[] {
    const lines = `${this.#rest}${piece}`.split('\n');
    this.#rest = lines.pop() ?? '';
    this.#length += piece.length;
    if (this.#length > longestReply) throw new Error(`it says more than ${longestReply} characters`);
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): BirdReply | undefined {
    if (line.startsWith('+')) return undefined;
    const [, code, mark, text] = /^(?:(\d{4})([ -])|(?= ))(.*)$/s.exec(line) ?? [];
    if (text === undefined) throw new Error(`"${line.slice(0, 80)}" is no reply of BIRD`);
    this.#lines.push(text.trim());
    if (code === undefined || mark === '-') return undefined;
    const reply = { code: Number(code), lines: this.#lines };
    this.#lines = [];
    this.#length = this.#rest.length;
    return reply;
  }
}

/** What came of `configure`. */
export type Configured =
  | { readonly outcome: 'taken' }
  /** It goes on with what it had. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** It may do it another time. */
  | { readonly outcome: 'failed'; readonly reason: string };

/** Done; under way; queued behind the one that is under way. */
const taken: ReadonlySet<number> = new Set([3, 4, 5]);
const fileError = 8002;

export function configuredBy({ code, lines }: BirdReply): Configured {
  if (taken.has(code)) return { outcome: 'taken' };
  const reason = lines.at(-1) ?? '';
  return code === fileError
    ? { outcome: 'refused', reason }
    : { outcome: 'failed', reason: `BIRD answers ${String(code).padStart(4, '0')} ${reason}` };
}

const welcome = 1;

/** @throws Error: it is not BIRD that listens there */
export function requireWelcome({ code, lines }: BirdReply): void {
  if (code === welcome) return;
  throw new Error(`it begins with ${String(code).padStart(4, '0')} ${lines.join(' ')}, and BIRD with 0001`);
}
