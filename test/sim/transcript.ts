interface Line {
  readonly at: number;
  readonly node: string;
  readonly what: string;
  readonly subjects: string;
}

/** Lines kept of one run; a failing run stops soon after its cause. */
const limit = 400_000;

/** What happened, for a reader who wants to know why a promise broke. Kept only in the run that is shown. */
export class Transcript {
  readonly #keep: boolean;
  readonly #lines: Line[] = [];

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  add(at: number, node: string, what: string, subjects: readonly unknown[]): void {
    if (!this.#keep || this.#lines.length === limit) return;
    this.#lines.push({ at, node, what, subjects: subjects.map(String).join(' ') });
  }

  /** The lines about the given addresses, attachments or nodes, the last `most` of them. */
  about(subjects: readonly string[], most: number): readonly string[] {
    // Of an attachment, network/container/interface, the container says which it is.
    const words = new Set(subjects.map((subject) => subject.split('/')[1] ?? subject));
    const wanted = this.#lines.filter(({ node, what, subjects: text }) =>
      isLifecycle(what) ? words.has(node) : text.split(/[\s,/]+/).some((word) => words.has(word)),
    );
    return wanted.slice(-most).map(({ at, node, what, subjects: text }) => {
      const seconds = (at / 1000).toFixed(3).padStart(10);
      return `${seconds} s  ${node.padEnd(8)} ${what.padEnd(22)} ${text}`;
    });
  }
}

function isLifecycle(what: string): boolean {
  return /^(crash|start|ready|leave|disk|partition|heal)/.test(what);
}
