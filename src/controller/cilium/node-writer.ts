import { type NodeChange, patchesOf } from '../../cilium/node-changes.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import type { Log } from '../../telemetry/log.ts';
import type { CiliumState } from './cilium-state.ts';
import { ciliumNodeType } from './types.ts';

export interface NodeWriterOptions {
  readonly client: Pick<KubernetesClient, 'patch'>;
  readonly state: CiliumState;
  readonly log: Log;
}

/** Writes entries of CiliumNodes. */
export class NodeWriter {
  readonly #options: NodeWriterOptions;

  constructor(options: NodeWriterOptions) {
    this.#options = options;
  }

  /**
   * In order; what comes after a write that was refused is not written.
   * @returns false: an entry is another by now, or its node is gone; it is to be decided again
   */
  async write(changes: readonly NodeChange[]): Promise<boolean> {
    const { client, state, log } = this.#options;
    for (const { node, subresource, type, body } of patchesOf(changes)) {
      const path = objectPath(ciliumNodeType, { name: node });
      try {
        const at = subresource === '' ? path : `${path}/${subresource}`;
        state.wrote(await client.patch<Stored<Resource>>(at, body, type));
      } catch (error) {
        if (!isChanged(error)) throw error;
        log.info({ node, err: error }, 'a CiliumNode has changed meanwhile; looking at it again');
        return false;
      }
    }
    return true;
  }
}

/** A test of a JSON patch that fails is answered as what cannot be processed. */
function isChanged(error: unknown): boolean {
  if (isIpamError(error, 'conflict') || isIpamError(error, 'not-found')) return true;
  return isIpamError(error) && error.facts.status === 422;
}
