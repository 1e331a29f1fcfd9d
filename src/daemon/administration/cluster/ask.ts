import type { Unanswered } from '../../../ipam/cluster-port.ts';
import { isIpamError } from '../../../resources/errors.ts';

export interface Asked<T> {
  readonly answers: ReadonlyMap<string, T>;
  readonly unanswered: readonly Unanswered[];
}

/** Asks each daemon; one that fails is missing, and delays no other. */
export async function askEach<T>(nodes: Iterable<string>, ask: (node: string) => Promise<T>): Promise<Asked<T>> {
  const answers = new Map<string, T>();
  const unanswered: Unanswered[] = [];
  const asking = [...nodes].map(async (node) => {
    try {
      answers.set(node, await ask(node));
    } catch (error) {
      unanswered.push({ node, reason: reasonOf(error) });
    }
  });
  await Promise.all(asking);
  return { answers, unanswered: byNode(unanswered) };
}

/** Why a daemon did not answer. @throws what is no IpamError */
export function reasonOf(error: unknown): string {
  if (!isIpamError(error)) throw error;
  return error.message;
}

/** Each once, sorted. */
export function byNode(unanswered: readonly Unanswered[]): readonly Unanswered[] {
  const once = new Map(unanswered.map((one) => [one.node, one]));
  return [...once.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
}
