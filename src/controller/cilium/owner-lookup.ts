import { parseResource } from '../../cilium/kept-pod.ts';
import type { OwnerKind } from '../../cilium/owner-kinds.ts';
import { isIpamError } from '../../resources/errors.ts';
import { isNotServed } from '../../store/kubernetes/api-error.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';

/** Is somebody left for whom addresses are kept? Asked when it matters, and never remembered. */
export class OwnerLookup {
  readonly #client: Pick<KubernetesClient, 'get'>;
  readonly #kinds: readonly OwnerKind[];

  constructor(client: Pick<KubernetesClient, 'get'>, kinds: readonly OwnerKind[]) {
    this.#client = client;
    this.#kinds = kinds;
  }

  /** @param key `namespace/name` */
  async hasPod(key: string): Promise<boolean> {
    const [namespace = '', name = ''] = key.split('/');
    return (await this.#client.get(objectPath(podType, { namespace, name }))) !== undefined;
  }

  /** @param resource `namespace/Kind/name`. @returns undefined: nobody can say */
  async isThere(resource: string): Promise<boolean | undefined> {
    const { namespace = '', kind = '', name = '' } = parseResource(resource) ?? {};
    const types = this.#kinds.filter((one) => one.kind === kind);
    if (types.length === 0) return undefined;
    let answer: boolean | undefined;
    for (const { apiVersion, plural } of types) {
      try {
        const type = { kind, apiVersion, plural, namespaced: true, statusSubresource: true };
        if ((await this.#client.get(objectPath(type, { namespace, name }))) !== undefined) return true;
        answer = false;
      } catch (error) {
        // Not served here, or not for us: another of the table may be.
        if (!isNotServed(error) && !isIpamError(error, 'permission-denied')) throw error;
      }
    }
    return answer;
  }
}
