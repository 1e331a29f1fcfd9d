import { type CniOutput, type CniResult, cni } from '../kit/cni.ts';
import { Namespace } from '../kit/namespace.ts';
import { referencePlugins } from '../kit/paths.ts';
import type { Random } from '../kit/random.ts';

/** What the runtime knows of a container: an ADD's result, that it has nothing, or, after a failed call, neither. */
export type Told =
  | { readonly state: 'holds'; readonly result: CniOutput; readonly addresses: readonly string[] }
  | { readonly state: 'nothing' }
  | { readonly state: 'unknown'; readonly why: string };

export interface Container {
  readonly id: string;
  readonly namespace: Namespace;
  readonly network: object;
  told: Told;
}

export type Verb = 'ADD' | 'DEL' | 'CHECK';

/** What the daemon answers when it cannot now, and what its executables say when it does not answer (CNI 1.1.0, 4). */
const tryAgainLater = 11;
/** What an ADD is told whose interface is there and has its addresses. */
const duplicate = 103;
/** How long an executable waits for the daemon: a runtime's patience, and one that gives up in the middle of a hang. */
const patiences = ['15000', '300'] as const;

export interface FleetOptions {
  /** Containers, each with the next one of `networks`. */
  readonly size: number;
  readonly networks: readonly object[];
  readonly random: Random;
  readonly problem: (text: string) => void;
  /** What the containers' names begin with. */
  readonly name?: string;
  /** The machine that they are on; one of their own when absent. */
  readonly host?: Namespace;
  /** Told of each call that failed, instead of `problem` and `putOff`. */
  readonly onRefused?: (container: Container, call: RefusedCall) => void;
}

export interface RefusedCall {
  readonly verb: Verb;
  readonly result: CniResult;
  /** Milliseconds of `performance.now`. */
  readonly calledAt: number;
}

/** Containers in namespaces of their own, wired by the real ptp plugin, and what their runtime has been told. */
export class Fleet {
  readonly containers: readonly Container[];
  /** The host's side of the wires: a namespace too, so that what leaks is seen, and goes away with it. */
  readonly host: Namespace;
  readonly name: string;
  readonly calls: Record<Verb, number> = { ADD: 0, DEL: 0, CHECK: 0 };
  /** Calls that were told to try again. */
  putOff = 0;
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    const { size, networks, name = 'storm', host } = options;
    this.#options = options;
    this.name = name;
    this.host = host ?? new Namespace('host');
    this.containers = Array.from({ length: size }, (_, index) => ({
      id: `${name}${index}`,
      namespace: new Namespace(`${name}${index}`),
      network: networks[index % networks.length] ?? {},
      told: { state: 'nothing' },
    }));
  }

  async create(): Promise<void> {
    if (this.#options.host === undefined) await this.host.create();
    for (const { namespace } of this.containers) {
      await namespace.create();
      // ptp waits for duplicate address detection, which takes seconds and is not what we test.
      await namespace.exec('sh', '-c', 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad');
    }
  }

  async remove(): Promise<void> {
    for (const { namespace } of this.containers) await namespace.delete();
    if (this.#options.host === undefined) await this.host.delete();
  }

  /** The machine is made anew: its containers are gone without a DEL. */
  async reinstall(): Promise<void> {
    for (const container of this.containers) {
      await container.namespace.delete();
      await container.namespace.create();
      container.told = { state: 'nothing' };
    }
  }

  /**
   * Calls in parallel, each container's one at a time, for as long as `isOver` says.
   * @param calm waits between calls
   */
  async work(parallel: number, isOver: () => boolean, calm?: () => Promise<void>): Promise<void> {
    const { random, onRefused } = this.#options;
    const idle = [...this.containers];
    const worker = async (): Promise<void> => {
      while (!isOver()) {
        const [container] = idle.splice(random.below(idle.length), 1);
        if (container === undefined) throw new Error('more workers than containers');
        const patience = onRefused === undefined ? random.pick(patiences) : patiences[0];
        await this.call(container, this.#nextVerb(container.told), patience);
        idle.push(container);
        await calm?.();
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }

  /** One call of the plugin, and what it tells. */
  async call(container: Container, verb: Verb, patience: string = patiences[0]): Promise<void> {
    const before = container.told;
    const calledAt = performance.now();
    // Whoever is given its addresses while a DEL is under way may have them.
    if (verb === 'DEL') container.told = { state: 'unknown', why: 'a DEL is under way' };
    const answer = await this.#run(container, verb, patience, before);
    this.calls[verb] += 1;
    // A runtime that repeats itself is refused, and its container keeps what it has.
    if (verb === 'ADD' && before.state === 'holds' && answer.json.code === duplicate) return;
    if (answer.exit !== 0) this.#refused(container, { verb, result: answer, calledAt });
    else if (verb === 'ADD') this.#given(container, answer.json);
    else if (verb === 'DEL') container.told = { state: 'nothing' };
  }

  /** What nobody knows is ended with a DEL, as runtimes do. */
  async settle(): Promise<void> {
    for (const container of this.containers) {
      if (container.told.state === 'unknown') await this.call(container, 'DEL');
      if (container.told.state === 'unknown')
        this.#options.problem(`${container.id}: a DEL in quiet failed: ${container.told.why}`);
    }
  }

  #nextVerb({ state }: Told): Verb {
    if (state === 'unknown') return 'DEL';
    if (state === 'nothing') return this.#options.random.below(4) === 0 ? 'DEL' : 'ADD';
    return this.#options.random.pick(['CHECK', 'DEL', 'ADD']);
  }

  #run({ id, namespace, network }: Container, command: Verb, patience: string, told: Told): Promise<CniResult> {
    const prevResult = told.state === 'holds' ? { prevResult: told.result } : {};
    return cni(
      `${referencePlugins}/ptp`,
      { ...network, ...prevResult },
      {
        command,
        containerId: id,
        netns: namespace.path,
        hostNetns: this.host.path,
        env: { BERTH_CNI_TIMEOUT_MS: patience },
      },
    );
  }

  #refused(container: Container, call: RefusedCall): void {
    const { problem, onRefused } = this.#options;
    const { verb, result } = call;
    const { json, stdout, stderr } = result;
    if (onRefused !== undefined) onRefused(container, call);
    else if (json.code === tryAgainLater) this.putOff += 1;
    else problem(`${verb} ${container.id} failed: ${stdout}${stderr}`);
    if (verb !== 'CHECK') container.told = { state: 'unknown', why: `${verb}: ${json.msg ?? stderr}` };
  }

  #given(container: Container, result: CniOutput): void {
    if (container.told.state === 'holds') this.#options.problem(`ADD ${container.id} was answered twice`);
    const addresses = (result.ips ?? []).map(({ address }) => address).sort();
    if (addresses.length === 0) this.#options.problem(`ADD ${container.id} succeeded without an address`);
    for (const other of this.containers) {
      const both = other.told.state === 'holds' ? other.told.addresses.filter((one) => addresses.includes(one)) : [];
      if (both.length > 0) this.#options.problem(`ADD ${container.id} was given ${both}, which ${other.id} holds`);
    }
    container.told = { state: 'holds', result, addresses };
  }
}
