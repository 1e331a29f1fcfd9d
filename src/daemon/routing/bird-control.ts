import { connect } from 'node:net';
import { BirdReplies, type BirdReply, type Configured, configuredBy, requireWelcome } from '../../bgp/bird-replies.ts';

/** BIRD reads a file in milliseconds; one that is stopped never answers. */
const longestMs = 10_000;

/** A BIRD that runs on this machine. */
export interface Bird {
  /** Has it read its file. Never rejects. */
  configure(): Promise<Configured>;
  /** @returns why it does not answer; empty: it does */
  whyAway(): Promise<string>;
}

/** BIRD behind its control socket, as `birdc` asks it: one conversation at a time for each question. */
export class BirdSocket implements Bird {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async configure(): Promise<Configured> {
    try {
      const [, reply] = await converse(this.#path, ['configure']);
      return reply === undefined ? { outcome: 'failed', reason: 'BIRD says nothing' } : configuredBy(reply);
    } catch (error) {
      return { outcome: 'failed', reason: this.#away(error) };
    }
  }

  async whyAway(): Promise<string> {
    try {
      await converse(this.#path, []);
      return '';
    } catch (error) {
      return this.#away(error);
    }
  }

  #away(error: unknown): string {
    return `BIRD does not answer at ${this.#path}: ${(error as Error).message}`;
  }
}

/** @returns what it said: the greeting, and the reply to each command @throws Error */
function converse(path: string, commands: readonly string[]): Promise<readonly BirdReply[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly BirdReply[]>();
  const replies = new BirdReplies();
  const said: BirdReply[] = [];
  const socket = connect(path).setEncoding('latin1');
  const late = setTimeout(() => socket.destroy(new Error(`no answer within ${longestMs} ms`)), longestMs);
  const take = (reply: BirdReply): void => {
    if (said.length === 0) requireWelcome(reply);
    const command = commands[said.length];
    said.push(reply);
    if (command !== undefined) socket.write(`${command}\n`);
    else resolve(said);
  };
  socket.on('data', (piece: string) => {
    try {
      for (const reply of replies.take(piece)) take(reply);
    } catch (error) {
      reject(error);
    }
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the connection ended before the answer')));
  return promise.finally(() => {
    clearTimeout(late);
    socket.destroy();
  });
}
