import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Namespace } from './namespace.ts';
import { must, run } from './run.ts';

/** A link of this machine: whoever hangs on it by macvlan hears all others. Removed with all that joined it. */
export class Segment {
  readonly link: string;
  readonly #namespaces: Namespace[] = [];
  readonly #ends: (() => Promise<void>)[] = [];
  #count = 0;

  /** @param prefix of the link's name, at most four characters: its other end has one more, and the kernel allows fifteen */
  constructor(prefix: string) {
    this.link = `${prefix}${process.pid}`;
  }

  async create(): Promise<void> {
    await must('ip', ['link', 'add', this.link, 'type', 'veth', 'peer', 'name', `${this.link}p`]);
    await must('ip', ['link', 'set', this.link, 'up']);
    await must('ip', ['link', 'set', `${this.link}p`, 'up']);
  }

  async remove(): Promise<void> {
    for (const end of this.#ends) await end();
    for (const one of this.#namespaces) await one.delete();
    await run('ip', ['link', 'delete', this.link]);
  }

  /** A namespace in which a Pod is to be. */
  async pod(): Promise<Namespace> {
    return this.#namespace('pod').create();
  }

  /** Somebody on the segment whom no daemon knows: a router, an appliance, a cluster of others. */
  async stranger(...addresses: readonly string[]): Promise<Stranger> {
    const namespace = this.#namespace('stranger');
    await namespace.create();
    const { name } = namespace;
    const macvlan = ['name', 'e0', 'netns', name, 'type', 'macvlan', 'mode', 'bridge'];
    await must('ip', ['link', 'add', 'link', this.link, ...macvlan]);
    await namespace.exec('ip', 'link', 'set', 'e0', 'up');
    for (const address of addresses) {
      await namespace.exec('ip', 'addr', 'add', address, 'dev', 'e0', ...(address.includes(':') ? ['nodad'] : []));
    }
    const [link] = JSON.parse(await namespace.exec('ip', '-j', 'link', 'show', 'dev', 'e0')) as { address: string }[];
    return { namespace, mac: link?.address ?? '' };
  }

  /** One that answers by ARP so many milliseconds late. @param directory where its program is compiled */
  async lateStranger(directory: string, address: string, ms: number): Promise<void> {
    const { namespace } = await this.stranger();
    const program = join(directory, 'late-answer');
    const source = new URL('late-answer.c', import.meta.url).pathname;
    await must('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
    const late = spawn('ip', ['netns', 'exec', namespace.name, program, 'e0', address, String(ms)]);
    this.#ends.push(async () => {
      if (late.kill()) await once(late, 'exit');
    });
    await once(late.stdout, 'data');
  }

  #namespace(what: string): Namespace {
    const namespace = new Namespace(`${this.link}-${what}${this.#count++}`);
    this.#namespaces.push(namespace);
    return namespace;
  }
}

export interface Stranger {
  readonly namespace: Namespace;
  /** Of its interface e0. */
  readonly mac: string;
}
