import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from './processes.ts';

/** Set in every process of a cluster, to its folder: how its processes are found again after a crash of the owner. */
export const groundVariable = 'BERTH_TEST_CLUSTER';

const user = process.getuid?.() ?? 0;
const everyGround = `/tmp/berth-clusters-${user}`;
const largestNumber = 250;

/**
 * The folder of one cluster and the number that all its names and addresses come from. Nothing else needs to be
 * written down to find what belongs to it: processes by a variable, namespaces, links and control groups by name.
 */
export class Ground {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }

  get path(): string {
    return join(everyGround, String(this.number));
  }

  /** Prefix of the names of namespaces, links (at most 15 characters) and control groups. */
  get name(): string {
    return user === 0 ? `berth-c${this.number}` : `berth-${user}-${this.number}`;
  }

  /** A loopback address that no other cluster uses. */
  get loopback(): string {
    return `127.${1 + (user % 250)}.${this.number}.1`;
  }

  /** The n-th address of the cluster's network, of the range kept for benchmarks (RFC 2544). */
  address(n: number): string {
    return `198.18.${this.number}.${n}`;
  }

  /** The same for IPv6, of a unique local prefix. */
  address6(n: number): string {
    return `fd00:198:18:${this.number.toString(16)}::${n.toString(16)}`;
  }

  /** A cluster that outlives its owner: `make cluster-up` made it. */
  get isKept(): boolean {
    return existsSync(join(this.path, 'kept'));
  }

  /** Neither kept nor owned by a process that runs. */
  get isAbandoned(): boolean {
    if (this.isKept) return false;
    const owner = this.#owner();
    return owner === undefined || !isAlive(owner);
  }

  keep(): void {
    writeFileSync(join(this.path, 'kept'), '');
  }

  #owner(): ProcessIdentity | undefined {
    try {
      return JSON.parse(readFileSync(join(this.path, 'owner'), 'utf8')) as ProcessIdentity;
    } catch {
      return undefined;
    }
  }

  /** Takes the first free number for this process; call it with the lock held. */
  static claim(): Ground {
    const taken = new Set(Ground.all().map(({ number }) => number));
    const number = Array.from({ length: largestNumber }, (_, index) => index + 1).find((n) => !taken.has(n));
    if (number === undefined) throw new Error(`${largestNumber} test clusters are up: see ${everyGround}`);
    const ground = new Ground(number);
    mkdirSync(ground.path, { mode: 0o755 });
    const owner = join(ground.path, 'owner');
    writeFileSync(`${owner}.new`, JSON.stringify(processIdentity(process.pid)));
    renameSync(`${owner}.new`, owner);
    return ground;
  }

  /** Every cluster of this user. */
  static all(): Ground[] {
    mkdirSync(everyGround, { recursive: true, mode: 0o755 });
    if (statSync(everyGround).uid !== user) throw new Error(`${everyGround} is somebody else's`);
    return readdirSync(everyGround)
      .filter((entry) => /^\d+$/.test(entry))
      .map((entry) => new Ground(Number(entry)));
  }
}
