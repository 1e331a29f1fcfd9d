import { must, run } from './run.ts';

/** A network namespace of our own, named so that leftovers of a crashed run are recognised. */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = `berth-${process.pid}-${name}`;
  }

  get path(): string {
    return `/var/run/netns/${this.name}`;
  }

  async create(): Promise<this> {
    await must('ip', ['netns', 'add', this.name]);
    await this.exec('ip', 'link', 'set', 'lo', 'up');
    return this;
  }

  exec(...command: string[]): Promise<string> {
    return must('ip', ['netns', 'exec', this.name, ...command]);
  }

  /** Global addresses of an interface, as `address/length`. */
  async addresses(ifname = 'eth0'): Promise<readonly string[]> {
    const { exit, stdout } = await run('ip', ['-n', this.name, '-j', 'addr', 'show', 'dev', ifname]);
    if (exit !== 0) return [];
    const [link] = JSON.parse(stdout) as { addr_info: { local: string; prefixlen: number; scope: string }[] }[];
    return (link?.addr_info ?? [])
      .filter(({ scope }) => scope === 'global')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  }

  async ping(address: string): Promise<boolean> {
    const { exit } = await run('ip', ['netns', 'exec', this.name, 'ping', '-c', '1', '-W', '5', '-i', '0.2', address]);
    return exit === 0;
  }

  async delete(): Promise<void> {
    await run('ip', ['netns', 'delete', this.name]);
  }
}
