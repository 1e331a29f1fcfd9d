import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { IpamError, isOvertaken } from '../../resources/errors.ts';
import { newQuarantine, type Quarantine, quarantineName } from '../../resources/quarantine.ts';
import { type ReservedIPResource, reservedIPKind } from '../../resources/reserved-ip.ts';
import type { Store } from '../../store/store.ts';
import type { Noting } from '../history/history-notes.ts';
import type { Catalog } from '../view/catalog.ts';

export interface QuarantinesOptions {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly notes: Noting;
}

/** Withholds addresses that somebody outside was found to use, and gives them back to their pools. */
export class Quarantines {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #notes: Noting;

  constructor({ store, catalog, notes }: QuarantinesOptions) {
    this.#store = store;
    this.#catalog = catalog;
    this.#notes = notes;
  }

  /**
   * When it resolves, no ADD on this node gets the address any more. A second report replaces the first.
   * @throws IpamError not-found (no pool has the address), invalid-config, conflict, store-unavailable
   */
  async add(address: Address, quarantine: Quarantine): Promise<void> {
    const text = formatAddress(address);
    if (!this.#catalog.pools.some(({ subnet }) => prefixContains(subnet, address))) {
      throw new IpamError('not-found', `no pool has the address ${text}`, {
        advice: 'an address that is in no pool is never given out; ipam-cli pools shows the pools',
      });
    }
    const resource = newQuarantine(address, quarantine);
    const { name } = resource.metadata;
    const present = await this.#store.get<ReservedIPResource>({ kind: reservedIPKind, name });
    const stored = await (present === undefined
      ? this.#store.create(resource)
      : this.#store.update({ ...present, spec: resource.spec }));
    const { reason, until } = quarantine;
    this.#note('quarantined', text, until === undefined ? reason : `${reason}; until ${new Date(until).toISOString()}`);
    await this.#catalog.caughtUp(reservedIPKind, stored);
  }

  /** @throws IpamError not-found, conflict, store-unavailable */
  async lift(address: Address): Promise<void> {
    const present = await this.#store.get({ kind: reservedIPKind, name: quarantineName(address) });
    if (present === undefined) {
      throw new IpamError('not-found', `address ${formatAddress(address)} is not in quarantine`, {
        advice: 'ipam-cli get reservedip shows what is reserved',
      });
    }
    const { name, resourceVersion } = present.metadata;
    await this.#store.delete({ kind: reservedIPKind, name }, resourceVersion);
    this.#note('lifted', formatAddress(address), '');
    await this.#catalog.waitUntilDeleted(reservedIPKind, present);
  }

  #note(what: 'quarantined' | 'lifted', address: string, detail: string): void {
    const of = this.#catalog.pools.filter(({ subnet }) => prefixContains(subnet, parseAddress(address)));
    this.#notes.note({ what, addresses: of.map(({ name }) => ({ address, pool: name })), detail });
  }

  /** Lifts what has had its time. Every daemon tries; whoever is first does it. @returns names of what was lifted */
  async liftOver(now: number): Promise<readonly string[]> {
    const lifted: string[] = [];
    for (const { name, resourceVersion } of this.#catalog.quarantinesOver(now)) {
      try {
        await this.#store.delete({ kind: reservedIPKind, name }, resourceVersion);
        lifted.push(name);
      } catch (error) {
        // Another daemon was faster, or the quarantine was made longer.
        if (!isOvertaken(error)) throw error;
      }
    }
    return lifted;
  }
}
