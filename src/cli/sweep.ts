import type { Address } from '../ip/address.ts';
import { formatAddress } from '../ip/address.ts';
import type { Clock } from '../platform/clock.ts';
import type { Answer, Neighbours, Segment } from '../platform/neighbours.ts';

export interface SweepParts {
  readonly neighbours: Neighbours;
  readonly segment: Segment;
  readonly clock: Clock;
  /** Questions a second. */
  readonly rate: number;
  /** Told after each answer how many there were. */
  readonly onAnswer: (asked: number) => void;
}

/** Somebody who answers for an address that no record knows to be taken. */
export interface Found {
  readonly address: string;
  readonly macs: readonly string[];
}

export interface Swept {
  readonly found: readonly Found[];
  readonly asked: number;
  /** For how many nobody could be asked, and why the first of them. */
  readonly unknown: number;
  readonly why: string;
}

/** Asks for one address after the other, none sooner than the rate allows; answers are waited for side by side. */
export async function sweep(addresses: Iterable<Address>, parts: SweepParts): Promise<Swept> {
  const { neighbours, segment, clock, rate, onAnswer } = parts;
  const never = new AbortController().signal;
  const answers: Promise<void>[] = [];
  const found: Found[] = [];
  const unknown: string[] = [];
  let asked = 0;
  const note = (address: string, answer: Answer | undefined): void => {
    asked += 1;
    if (answer?.kind === 'somebody') found.push({ address, macs: answer.macs });
    else if (answer?.kind !== 'nobody') unknown.push(answer?.kind === 'unknown' ? answer.why : 'no answer');
    onAnswer(asked);
  };
  for (const address of addresses) {
    const text = formatAddress(address);
    const sought = { address: text, family: address.family, all: true };
    answers.push(neighbours.ask(segment, [sought]).then(([answer]) => note(text, answer)));
    // What cannot be asked at all is not asked for thousands of times.
    if (answers.length === 1) await answers[0];
    if (asked === 1 && unknown.length === 1) break;
    await clock.pause(1000 / rate, never);
  }
  await Promise.all(answers);
  return { found, asked, unknown: unknown.length, why: unknown[0] ?? '' };
}
