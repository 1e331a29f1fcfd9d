import { parseAddress } from '../../ip/address.ts';
import type { Allocation, HeldAddress } from '../../ipam/allocation.ts';
import type { PodRef } from '../../ipam/attachment.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Answer, Neighbours, Sought } from '../../platform/neighbours.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Detection } from '../../resources/pool.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Catalog } from '../view/catalog.ts';
import type { Quarantines } from './quarantines.ts';

/** What is looked for before an address is answered, where the pool does not say otherwise. */
export interface ConflictOptions {
  readonly neighbours: Neighbours;
  /** Does somebody else use the address? */
  readonly conflict: Detection;
  /** Is the gateway there? */
  readonly gateway: Detection;
  /** How long an address is withheld that somebody else uses, milliseconds. */
  readonly quarantineMs: number;
  /** Told of every answer. */
  readonly onAnswer?: (what: 'address' | 'gateway', answer: Awaited['kind'], family: 4 | 6) => void;
  /** Told of what a Pod's owner should know, also where the Pod gets its address. */
  readonly onFound?: ((pod: PodRef, error: IpamError) => void) | undefined;
}

export interface ConflictGuardParts {
  readonly options: ConflictOptions;
  readonly catalog: Pick<Catalog, 'pool'>;
  readonly quarantines: Pick<Quarantines, 'add'>;
  /** Does the attachment share its address with another one while a machine migrates? */
  readonly isShared: (allocation: Allocation) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

type Awaited = Exclude<Answer, { readonly kind: 'not-awaited' }>;

interface Question {
  readonly held: HeldAddress;
  readonly what: 'address' | 'gateway';
  readonly sought: Sought;
  readonly detection: Detection;
}

/**
 * Looks, inside the Pod's network namespace, for somebody who uses an address that is about to be answered. An address that
 * stays with somebody has no other to take its place: its ADD is refused, and it is not quarantined.
 */
export class ConflictGuard {
  readonly #parts: ConflictGuardParts;

  constructor(parts: ConflictGuardParts) {
    this.#parts = parts;
  }

  /** Is there anything to ask? Of most there is not, and nothing is to be waited for. */
  isWanted({ addresses }: Allocation): boolean {
    const { options, catalog } = this.#parts;
    return addresses.some(({ pool: name }) => {
      const pool = catalog.pool(name);
      const { conflictDetection = options.conflict, gatewayDetection = options.gateway } = pool ?? {};
      return conflictDetection !== 'none' || gatewayDetection !== 'none';
    });
  }

  /**
   * @param isExact were these very addresses asked for?
   * @returns what somebody else uses and is in quarantine now: take others
   * @throws IpamError address-conflict, gateway-unreachable, and what a quarantine is refused with
   */
  async examine(allocation: Allocation, isExact: boolean): Promise<readonly string[]> {
    const questions = this.#questions(allocation);
    if (questions.length === 0) return [];
    const segment = { netns: allocation.netns, ifname: allocation.attachment.ifname };
    const { neighbours, onAnswer } = this.#parts.options;
    const answers = await neighbours.ask(
      segment,
      questions.map(({ sought }) => sought),
    );
    const found: string[] = [];
    for (const [index, question] of questions.entries()) {
      const answer = answers[index] ?? { kind: 'unknown', why: 'no answer' };
      if (answer.kind === 'not-awaited') continue;
      onAnswer?.(question.what, answer.kind, question.sought.family);
      if (question.what === 'gateway') this.#judgeGateway(question, answer, allocation);
      else found.push(...(await this.#judgeAddress(question, answer, allocation, isExact)));
    }
    return found;
  }

  #questions(allocation: Allocation): readonly Question[] {
    const { options, catalog, isShared } = this.#parts;
    return allocation.addresses.flatMap((held) => {
      const pool = catalog.pool(held.pool);
      const { family } = parseAddress(held.address);
      const { address, gateway } = held;
      const conflict = pool?.conflictDetection ?? options.conflict;
      const reach = pool?.gatewayDetection ?? options.gateway;
      const questions: Question[] = [];
      if (conflict !== 'none' && !isShared(allocation))
        questions.push({
          ...{ held, what: 'address', detection: conflict },
          sought: { address, family, decides: conflict === 'refuse' },
        });
      if (reach !== 'none' && gateway !== undefined)
        questions.push({ held, what: 'gateway', sought: { address: gateway, family, all: true }, detection: reach });
      return questions;
    });
  }

  async #judgeAddress(
    { held, detection }: Question,
    answer: Awaited,
    allocation: Allocation,
    isExact: boolean,
  ): Promise<readonly string[]> {
    const { options, quarantines, clock, log } = this.#parts;
    const { attachment, pod, identity } = allocation;
    const { address, pool } = held;
    if (answer.kind === 'nobody') return [];
    if (answer.kind === 'unknown') {
      log.warn({ attachment, address, why: answer.why }, 'cannot tell whether somebody else uses an address');
      return [];
    }
    const by = answer.macs.join(' and ');
    const stays = isExact || identity !== undefined;
    const goesOn = detection === 'warn' ? 'it is given all the same' : stays ? '' : 'it is in quarantine now';
    const error = new IpamError(
      'address-conflict',
      `address ${address} of pool "${pool}" is used by ${by}${goesOn === '' ? '' : `; ${goesOn}`}`,
      {
        advice: `find out who has this MAC address on the segment of ${attachment.ifname}`,
        facts: { address, pool, macs: answer.macs },
      },
    );
    log.warn({ attachment, address, pool, macs: answer.macs, detection }, 'somebody else uses an address');
    if (detection === 'refuse' && stays) throw error;
    if (pod !== undefined) options.onFound?.(pod, error);
    if (detection === 'warn') return [];
    await quarantines.add(parseAddress(address), {
      reason: `answered by ${by} when ${allocation.node} was about to give it`,
      until: clock.now() + options.quarantineMs,
    });
    return [`${address} (${by})`];
  }

  #judgeGateway({ held, detection }: Question, answer: Awaited, { attachment, pod }: Allocation): void {
    const { options, log } = this.#parts;
    const { gateway, pool } = held;
    if (answer.kind === 'unknown') {
      log.warn({ attachment, gateway, why: answer.why }, 'cannot tell whether a gateway is there');
      return;
    }
    if (answer.kind === 'somebody' && answer.macs.length === 1) return;
    const { macs } = answer.kind === 'somebody' ? answer : { macs: [] };
    const what = macs.length === 0 ? 'does not answer' : `is claimed by ${macs.join(' and ')}`;
    const error = new IpamError(
      macs.length === 0 ? 'gateway-unreachable' : 'address-conflict',
      `gateway ${gateway} of pool "${pool}" ${what}`,
      {
        advice:
          macs.length === 0
            ? `check the VLAN and the parent of interface ${attachment.ifname}, and spec.gateway of the pool`
            : 'one of them is not the gateway: find out who has it',
        facts: { address: gateway, pool, macs },
      },
    );
    log.warn({ attachment, gateway, pool, macs, detection }, `a gateway ${what}`);
    // Who of two is the gateway, nobody here can tell: a Pod without address would not be helped.
    if (detection === 'refuse' && macs.length === 0) throw error;
    if (pod !== undefined) options.onFound?.(pod, error);
  }
}

/** @param options absent: nothing is ever looked for */
export function conflictGuard(
  options: ConflictOptions | undefined,
  parts: Omit<ConflictGuardParts, 'options'>,
): ConflictGuard | undefined {
  return options === undefined ? undefined : new ConflictGuard({ options, ...parts });
}
