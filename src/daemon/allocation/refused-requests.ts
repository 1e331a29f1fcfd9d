import type { RefusedTry } from '../../ipam/explain/explanation.ts';
import { poolsOfError } from '../../ipam/explain/refused-try.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import type { IpamError } from '../../resources/errors.ts';

/** Interfaces that are remembered: on a node there are seldom more Pods. */
const limit = 1_000;

/** What was asked for in vain, and how it was refused last. */
export interface RefusedRequest {
  readonly request: AllocateRequest;
  readonly refused: RefusedTry;
}

/** Interfaces of Pods that were refused their addresses, and have none since: asked why, this daemon can tell. Forgotten with it. */
export class RefusedRequests {
  readonly #requests = new Map<string, RefusedRequest>();
  readonly #node: string;

  constructor(node: string) {
    this.#node = node;
  }

  /** @param at milliseconds since 1970 */
  note(request: AllocateRequest, error: IpamError, at: number): void {
    const key = keyOf(request);
    if (key === undefined) return;
    const { network, ifname } = request.attachment;
    const tries = (this.#requests.get(key)?.refused.tries ?? 0) + 1;
    const { code, message, advice } = error;
    const { node = this.#node } = request;
    // Behind those that were refused before.
    this.#requests.delete(key);
    this.#requests.set(key, {
      request,
      refused: { node, network, ifname, at, tries, code, message, advice, pools: poolsOfError(error) },
    });
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > limit && oldest !== undefined) this.#requests.delete(oldest);
  }

  /** It has its addresses. */
  forget(request: AllocateRequest): void {
    const key = this.#requests.size === 0 ? undefined : keyOf(request);
    if (key !== undefined) this.#requests.delete(key);
  }

  /** Those of a Pod by its name, the latest last. */
  ofPod(namespace: string, name: string): readonly RefusedRequest[] {
    return [...this.#requests.values()].filter(
      ({ request: { pod } }) => pod?.namespace === namespace && pod.name === name,
    );
  }
}

/** A Pod has one interface of a name, and containers of it come and go. @returns undefined: it names no Pod */
function keyOf({ pod, attachment }: AllocateRequest): string | undefined {
  return pod === undefined ? undefined : `${pod.namespace}/${pod.name}/${attachment.ifname}`;
}
