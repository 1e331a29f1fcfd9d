import { identityTitle } from '../../ipam/bind/identity.ts';
import { identityOfClaim } from '../../ipam/bind/kept-claim.ts';
import type { AddressEvent, HistoryNote } from '../../ipam/history/entry.ts';
import type { ReleaseReason } from '../../ipam/reclaim/release-cause.ts';
import type { Claim } from '../../resources/claim.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Journal } from '../journal/journal.ts';

/** Where it is written down what this daemon does to addresses besides giving them and taking them back. */
export interface Noting {
  note(note: Omit<HistoryNote, 'node'>): void;
  /** Of what a claim stands for. */
  noteClaim(what: AddressEvent, claim: Claim, detail?: string, reason?: ReleaseReason): void;
}

/** In the history of the journal, with the next commit: whoever does it has done so already, and does not wait. */
export class HistoryNotes implements Noting {
  readonly #parts: { readonly node: string; readonly journal: Journal; readonly log: Log };

  constructor(parts: { readonly node: string; readonly journal: Journal; readonly log: Log }) {
    this.#parts = parts;
  }

  note(note: Omit<HistoryNote, 'node'>): void {
    const { node, journal, log } = this.#parts;
    journal.commit([{ type: 'note', note: { ...note, node } }]).catch((error: unknown) => {
      log.warn({ err: error, what: note.what, addresses: note.addresses }, 'the history does not say so');
    });
  }

  noteClaim(what: AddressEvent, { spec, ...claim }: Claim, detail?: string, reason?: ReleaseReason): void {
    const { address, pool, network, containerId, ifname, podNamespace: namespace, podName: name, podUid: uid } = spec;
    const identity = identityOfClaim({ spec, ...claim });
    this.note({
      what,
      addresses: [{ address, pool }],
      attachment: { network, containerId, ifname },
      ...(namespace === undefined || name === undefined ? {} : { pod: { namespace, name, uid: uid ?? '' } }),
      ...(identity === undefined ? {} : { identity: identityTitle(identity) }),
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
