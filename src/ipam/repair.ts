import { attachmentKey } from './attachment.ts';
import { essence, type Violation } from './check.ts';
import type { Fix } from './fix.ts';

/** Something that was found, and what is done about it. */
export interface Repair {
  /** The same at every look, for as long as it is so. */
  readonly id: string;
  readonly found: Violation;
  /** What is done; empty: nothing. */
  readonly action: string;
  /** The command that takes it back; of what there is nothing to take back, why. */
  readonly undo: string;
  /** Why nothing is done; empty: something is. */
  readonly refused: string;
}

/** What became of a repair. `gone`: it was not found any more. */
export interface RepairOutcome extends Repair {
  readonly outcome: 'done' | 'failed' | 'refused' | 'gone';
  readonly message: string;
}

export function repairOf(found: Violation): Repair {
  const id = essence(found);
  const { fix, repair } = found;
  if (fix === undefined) return { id, found, action: '', undo: '', refused: `by hand: ${repair}` };
  return { id, found, refused: '', ...described(fix) };
}

function described(fix: Fix): Pick<Repair, 'action' | 'undo'> {
  switch (fix.kind) {
    case 'release':
      return {
        action: `release what ${attachmentKey(fix.attachment)} holds, unless its namespace is back`,
        undo: fix.undo,
      };
    case 'return-block':
      return {
        action: `hand block ${fix.cidr} of node "${fix.node}" back, if it is empty`,
        undo: `ipam-cli allocate ${fix.node} --pool ${fix.pool}`,
      };
    case 'collect':
      return {
        action: 'collect garbage now, which deletes the claim unless a container may have it',
        undo: 'none is needed: whoever has the address claims it again',
      };
    case 'secure':
      return { action: `claim ${fix.address} again for whom it is on record`, undo: `ipam-cli release ${fix.address}` };
  }
}
