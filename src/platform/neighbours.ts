import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { IpamError } from '../resources/errors.ts';

/** The segment that an interface inside a network namespace is on. */
export interface Segment {
  /** Path of the network namespace. */
  readonly netns: string;
  readonly ifname: string;
}

/** Who answers for an address. */
export type Answer =
  | { readonly kind: 'nobody' }
  /** @property macs lower case, each once, in the order in which they answered */
  | { readonly kind: 'somebody'; readonly macs: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string }
  /** Another answer has decided before. */
  | { readonly kind: 'not-awaited' };

/** One address to ask for. */
export interface Sought {
  readonly address: string;
  readonly family: 4 | 6;
  /** Is every answer wanted? Else the first one ends it. */
  readonly all?: boolean;
  /** Does somebody's answer decide, whatever the others would be? Then these have a moment more, and are not waited for. */
  readonly decides?: boolean;
}

/** Asks the neighbours of an interface, as a host does before it takes an address (RFC 5227, RFC 4862 section 5.4). */
export interface Neighbours {
  /** Asks for several at once. @returns an answer each; `unknown` where nothing can be asked: never an error */
  ask(segment: Segment, sought: readonly Sought[]): Promise<readonly Answer[]>;
}

interface Ran {
  /** Undefined: it did not start, or was ended. */
  readonly code: number | undefined;
  readonly output: string;
  readonly error: string;
}

type Run = (file: string, args: readonly string[], timeoutMs: number, signal?: AbortSignal) => Promise<Ran>;

/** A tool that does not end by itself is ended so long after it should have, milliseconds. */
const graceMs = 2_000;
/** So long other questions have an answer waited for when one has decided, milliseconds: whoever is there answers in a few. */
const decidedMs = 250;
const mac = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi;

/**
 * By the tools that every distribution has: `arping` of iputils and `ndisc6`, run inside the namespace by `nsenter`. The
 * interface is set up for it where it is down: the main plugin does that a moment later in any case.
 */
export class NeighbourTools implements Neighbours {
  readonly #waitMs: number;
  readonly #run: Run;
  readonly #newSource: () => string;

  /** @param waitMs how long an answer is waited for; asked once a second */
  constructor(waitMs: number, run: Run = runTool, newSource = randomLinkLocal) {
    this.#waitMs = waitMs;
    this.#run = run;
    this.#newSource = newSource;
  }

  /** @throws IpamError invalid-config naming a tool that is missing, or another program of its name */
  async requireTools(): Promise<void> {
    for (const [tool, mark] of [
      ['arping', 'iputils'],
      ['ndisc6', 'ndisc6'],
      ['ip', 'iproute2'],
      ['nsenter', 'util-linux'],
    ] as const) {
      const { output, error } = await this.#run(tool, ['-V'], graceMs);
      if (`${output}${error}`.toLowerCase().includes(mark)) continue;
      throw new IpamError('invalid-config', `conflicts are looked for, and this machine has no ${tool} of ${mark}`, {
        advice:
          'install it (Debian: apt-get install iputils-arping ndisc6 iproute2 util-linux), or set conflicts.detection and conflicts.gateway to none',
      });
    }
  }

  async ask(segment: Segment, sought: readonly Sought[]): Promise<readonly Answer[]> {
    const closed = await this.#setUp(segment);
    if (closed !== '') return sought.map(() => ({ kind: 'unknown', why: closed }));
    const askAll = (): Promise<readonly Answer[]> => this.#askAll(segment, sought);
    return sought.some(({ family }) => family === 6) ? this.#withSource(segment, askAll) : askAll();
  }

  async #askAll(segment: Segment, sought: readonly Sought[]): Promise<readonly Answer[]> {
    const decided = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const answers = sought.map(async (one) => {
      const answer = await this.#ask(segment, one, decided.signal);
      if (one.decides === true && answer.kind === 'somebody') timer ??= setTimeout(() => decided.abort(), decidedMs);
      return answer;
    });
    try {
      return await Promise.all(answers);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Solicitations need a source, and the interface's own link-local address is tentative for up to two seconds after it is
   * set up. Where even this one cannot be had (IPv6 is off), asking says so. Should we die, the kernel takes it away.
   */
  async #withSource<T>({ netns, ifname }: Segment, action: () => Promise<T>): Promise<T> {
    const change = (verb: string, ...more: readonly string[]): Promise<Ran> =>
      this.#inside(netns, ['ip', '-6', 'addr', verb, source, 'dev', ifname, ...more], graceMs);
    const source = `${this.#newSource()}/64`;
    const seconds = `${Math.ceil((this.#waitMs + 2 * graceMs) / 1000)}`;
    await change('add', 'nodad', 'valid_lft', seconds, 'preferred_lft', seconds);
    try {
      return await action();
    } finally {
      await change('del');
    }
  }

  /** @returns why nothing can be asked there; empty: it can */
  async #setUp({ netns, ifname }: Segment): Promise<string> {
    const { code, error } = await this.#inside(netns, ['ip', 'link', 'set', 'dev', ifname, 'up'], graceMs);
    return code === 0 ? '' : `interface ${ifname} in ${netns}: ${firstLine(error) || 'cannot be set up'}`;
  }

  async #ask(
    { netns, ifname }: Segment,
    { address, family, all = false }: Sought,
    decided: AbortSignal,
  ): Promise<Answer> {
    const times = Math.max(1, Math.ceil(this.#waitMs / 1000));
    const command = family === 4 ? arping(address, ifname, times, all) : ndisc6(address, ifname, times, all);
    const { code, output, error } = await this.#inside(netns, command, times * 1000 + graceMs, decided);
    const macs = [...new Set([...output.matchAll(mac)].map(([text]) => text.toLowerCase()))];
    if (macs.length > 0) return { kind: 'somebody', macs };
    if (decided.aborted) return { kind: 'not-awaited' };
    const isSilent = family === 4 ? /^Received 0 response/m.test(output) : code === 2;
    if (isSilent) return { kind: 'nobody' };
    return { kind: 'unknown', why: firstLine(error) || firstLine(output) || `${command[0]} ended with ${code}` };
  }

  #inside(netns: string, command: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<Ran> {
    return this.#run('nsenter', [`--net=${netns}`, '--', ...command], timeoutMs, signal);
  }
}

/** With the unspecified sender a probe of RFC 5227: it changes nobody's cache. One answer more than asked for is never the last. */
function arping(address: string, ifname: string, times: number, all: boolean): readonly string[] {
  const asking = all ? ['-b', '-s', '0.0.0.0', '-c', `${times + 1}`] : ['-D', '-c', `${times}`];
  return ['arping', ...asking, '-w', `${times}`, '-I', ifname, address];
}

function ndisc6(address: string, ifname: string, times: number, all: boolean): readonly string[] {
  return ['ndisc6', '-n', all ? '-m' : '-1', '-r', `${times}`, '-w', '1000', address, ifname];
}

/** A link-local address that nobody else has: 64 bits by chance. */
function randomLinkLocal(): string {
  const groups = randomBytes(8).toString('hex').match(/.{4}/g) ?? [];
  return `fe80::${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function runTool(file: string, args: readonly string[], timeout: number, signal?: AbortSignal): Promise<Ran> {
  const env = { ...process.env, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(file, args, { timeout, env, signal }, (error, output, errorOutput) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      const why = errorOutput !== '' ? errorOutput : error?.killed === true ? `${file}: no answer` : error?.message;
      resolve({ code, output, error: code === 0 ? errorOutput : (why ?? '') });
    });
  });
}
