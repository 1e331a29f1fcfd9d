import { IpamError } from '../../resources/errors.ts';
import { type Attachment, isSameAttachment } from '../attachment.ts';
import type { AddressExplanation } from '../explain/explanation.ts';

/** What is known of an address that an operator puts on record for a container that has it. */
export interface SetFacts {
  readonly attachment: Attachment;
  readonly explained: AddressExplanation;
  /** Path of the container's network namespace; empty: it is not told. */
  readonly netns: string;
  /** Is it on the machine? Undefined: nothing tells. */
  readonly isNetnsThere: boolean | undefined;
  /** Also where nothing shows that the container runs. */
  readonly force: boolean;
}

/**
 * What comes of it: nothing is to be done, or which pool the address is of.
 * @throws IpamError in-use (somebody else has it), address-not-allowed (no pool gives it), invalid-argument (nothing shows that the
 *   container runs)
 */
export function settingOf(facts: SetFacts): { readonly pool: string; readonly isDone: boolean } {
  const { attachment, explained, netns, isNetnsThere, force } = facts;
  const { address, state, holder } = explained;
  const pool = state.pool ?? '';
  if (isSameAttachment(holder?.attachment, attachment)) return { pool, isDone: true };
  if (state.state === 'held') {
    // Whatever is said with it: two containers of one address is what all of this is to prevent.
    throw new IpamError('in-use', `${state.message}; nothing was put on record`, {
      advice: `see why with ipam-cli explain ${address}, and release it there first`,
      facts: { address },
    });
  }
  if (pool === '') {
    throw new IpamError('address-not-allowed', `${state.message}; nothing was put on record`, {
      advice: 'a pool has to list it first',
      facts: { address },
    });
  }
  if (!force && isNetnsThere !== true) {
    const is =
      netns === '' ? 'no network namespace is named' : `network namespace ${netns} is not there, or nothing tells`;
    throw new IpamError(
      'invalid-argument',
      `nothing shows that container ${attachment.containerId} runs and has ${address}: ${is}; nothing was put on record`,
      { advice: 'name its network namespace (--netns), or repeat with --force if you are sure', facts: { address } },
    );
  }
  return { pool, isDone: false };
}
