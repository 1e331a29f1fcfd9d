import { isOvertaken } from '../resources/errors.ts';
import {
  type HistoryResource,
  type HistorySegmentResource,
  historyKind,
  historyName,
  historySegmentKind,
  historySegmentName,
} from '../resources/history.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import type { Store } from './store.ts';

type RecordStore = Pick<Store, 'get' | 'create' | 'update' | 'delete'>;

/** The objects of one record of the past: its list of parts, and the parts. Its keeper alone writes them. */
export class HistoryRecord {
  readonly #store: RecordStore;
  readonly #name: { readonly node: string; readonly begun: number };

  constructor(store: RecordStore, name: { readonly node: string; readonly begun: number }) {
    this.#store = store;
    this.#name = name;
  }

  head(): Promise<Stored<HistoryResource> | undefined> {
    return this.#store.get<HistoryResource>({ kind: historyKind, name: historyName(this.#name) });
  }

  segment(first: number): Promise<Stored<HistorySegmentResource> | undefined> {
    return this.#store.get<HistorySegmentResource>(this.#keyOf(first));
  }

  /** What is there may be of one that had the name before. @throws IpamError conflict, already-exists: somebody else writes; store-unavailable */
  async put(resource: HistoryResource | HistorySegmentResource): Promise<void> {
    const present = await this.#store.get<Resource>({ kind: resource.kind, name: resource.metadata.name });
    if (present === undefined) await this.#store.create<Resource>(resource);
    else await this.#store.update<Resource>({ ...present, spec: resource.spec });
  }

  /** Also where it is gone already. @throws IpamError store-unavailable */
  async removeSegment(first: number): Promise<void> {
    try {
      await this.#store.delete(this.#keyOf(first), undefined);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
    }
  }

  #keyOf(first: number): { readonly kind: string; readonly name: string } {
    return { kind: historySegmentKind, name: historySegmentName({ ...this.#name, first }) };
  }
}
