import { formatAddress, offsetAddress, parseAddress } from '../../src/ip/address.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import { attachmentKey } from '../../src/ipam/attachment.ts';
import type { Answer, Neighbours, Sought } from '../../src/platform/neighbours.ts';
import type { Lifetime } from './lifetime.ts';
import type { Oracle } from './oracle.ts';
import { Turns } from './turns.ts';
import { BrokenPromise, type World } from './world.ts';

interface Stranger {
  /** World time. */
  readonly since: number;
  readonly mac: string;
  readonly answersAfterMs: number;
}

/** How long daemons wait for an answer, milliseconds. */
const waitMs = 200;
/** How long others are waited for when an answer has decided. */
const decidedMs = 20;
const pauseMs = 300;
const most = 40;
/** How long one stays, milliseconds. */
const stay = { least: 1_000, more: 60_000 };
/** A question that cannot be asked: a tool that is ended, an interface that is not up. */
const unknown = 0.02;
/** For so long, milliseconds, an address is in quarantine. */
export const strangersQuarantineMs = 20_000;

/**
 * Others on the segment, whom no daemon knows: they take addresses beside those that are in use, go again, and answer at once, late or
 * too late. And what daemons ask them by: a fake in place of arping and ndisc6, which need a network.
 */
export class Strangers {
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #turns: Turns;
  readonly #present = new Map<string, Stranger>();
  /** When a node could not ask for an address last, world time. */
  readonly #notAsked = new Map<string, number>();
  #macs = 0;

  constructor(world: World, oracle: Oracle) {
    this.#world = world;
    this.#oracle = oracle;
    this.#turns = new Turns(world);
  }

  run(): void {
    this.#turns.run(() => {
      if (this.#world.random.next() < this.#world.weights.strangers) this.#come();
      return this.#world.delay(pauseMs / 2);
    });
  }

  stop(): void {
    this.#turns.stop();
    this.#present.clear();
  }

  neighboursOf(node: string, lifetime: Lifetime): Neighbours {
    return { ask: (_segment, sought) => this.#ask(node, lifetime, sought) };
  }

  /**
   * An ADD was answered: nobody who has been there all the time and answers in time uses what it gave.
   * @param began when the ADD was sent, world time
   */
  told(node: string, { addresses, attachment }: Allocation, began: number): void {
    for (const { address } of addresses) {
      const stranger = this.#present.get(address);
      if (stranger === undefined || stranger.since > began || stranger.answersAfterMs > waitMs) continue;
      if ((this.#notAsked.get(`${node} ${address}`) ?? -1) >= began) continue;
      const key = attachmentKey(attachment);
      const since = Math.round(this.#world.now - stranger.since);
      this.#world.break(
        new BrokenPromise(4, `${address} was given to ${key}, and ${stranger.mac} has used it for ${since} ms`, [
          address,
          key,
        ]),
      );
    }
  }

  #come(): void {
    const { random } = this.#world;
    const holdings = this.#oracle.holdings();
    if (holdings.length === 0 || this.#present.size >= most) return;
    const [beside = ''] = random.pick(random.pick(holdings).addresses).split('.scope-');
    const address = formatAddress(offsetAddress(parseAddress(beside), BigInt(1 + random.below(4))));
    if (this.#present.has(address) || this.#oracle.isLive(address)) return;
    const haste = random.next();
    const answersAfterMs = haste < 0.6 ? 1 : haste < 0.9 ? random.next() * waitMs : 2 * waitMs;
    const stranger = { since: this.#world.now, mac: `stranger${++this.#macs}`, answersAfterMs };
    this.#present.set(address, stranger);
    this.#world.operation('', 'a stranger comes', address, stranger.mac, Math.round(answersAfterMs));
    this.#world.scheduler.after(stay.least + random.next() * stay.more, () => {
      if (this.#present.get(address) === stranger) this.#present.delete(address);
    });
  }

  #ask(node: string, lifetime: Lifetime, sought: readonly Sought[]): Promise<readonly Answer[]> {
    const { random, now, scheduler } = this.#world;
    const heard = sought.map((one) => {
      const stranger = this.#present.get(one.address);
      // Whoever could not ask last may be answered now, and the other way round: each question has its own luck.
      if (random.next() < unknown) this.#notAsked.set(`${node} ${one.address}`, now);
      else if (stranger !== undefined && stranger.answersAfterMs <= waitMs) return { one, stranger };
      return { one, stranger: undefined };
    });
    const decided = Math.min(
      ...heard.flatMap(({ one, stranger }) => (one.decides === true && stranger ? [stranger.answersAfterMs] : [])),
    );
    const endsMs = Math.min(waitMs, decided + decidedMs);
    const answers = heard.map(({ one, stranger }): Answer => {
      if (stranger !== undefined && stranger.answersAfterMs <= endsMs) {
        this.#oracle.quarantining(one.address);
        return { kind: 'somebody', macs: [stranger.mac] };
      }
      if (endsMs < waitMs) return { kind: 'not-awaited' };
      if (this.#notAsked.get(`${node} ${one.address}`) === now)
        return { kind: 'unknown', why: 'nobody could be asked' };
      return { kind: 'nobody' };
    });
    return new Promise((resolve) =>
      scheduler.after(endsMs, () => {
        if (lifetime.alive) resolve(answers);
      }),
    );
  }
}
