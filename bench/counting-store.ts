import { isIpamError } from '../src/resources/errors.ts';
import type { Resource } from '../src/resources/resource.ts';
import type { StoreDecorator } from '../src/store/wrap.ts';

/** What went through to a store; bytes are those of the resources as JSON. */
export class StoreCounts {
  operations = 0;
  creates = 0;
  /** Creates of what was there. */
  refused = 0;
  gets = 0;
  lists = 0;
  bytesWritten = 0;
  events = 0;
  eventBytes = 0;
  /** Size of the last list of a kind. */
  readonly listBytes = new Map<string, number>();
}

export function counting(counts: StoreCounts): StoreDecorator {
  const asked = (written?: Resource): void => {
    counts.operations += 1;
    if (written !== undefined) counts.bytesWritten += sizeOf(written);
  };
  return (inner) => ({
    get(key, options) {
      asked();
      counts.gets += 1;
      return inner.get(key, options);
    },
    async list(kind, selection) {
      asked();
      counts.lists += 1;
      const list = await inner.list<never>(kind, selection);
      const [first] = list.items;
      counts.listBytes.set(kind, first === undefined ? 0 : sizeOf(first) * list.items.length);
      return list;
    },
    async create(resource, uid) {
      asked(resource);
      counts.creates += 1;
      try {
        return await inner.create(resource, uid);
      } catch (error) {
        if (isIpamError(error, 'already-exists')) counts.refused += 1;
        throw error;
      }
    },
    update(resource) {
      asked(resource);
      return inner.update(resource);
    },
    updateStatus(resource) {
      asked(resource);
      return inner.updateStatus(resource);
    },
    delete(key, resourceVersion) {
      asked();
      return inner.delete(key, resourceVersion);
    },
    async *watch(kind, fromVersion, signal) {
      for await (const event of inner.watch<never>(kind, fromVersion, signal)) {
        if (event.type !== 'bookmark') {
          counts.events += 1;
          counts.eventBytes += sizeOf(event.resource);
        }
        yield event;
      }
    },
    // A daemon that stops closes its store; the others go on with it.
    close: async () => {},
  });
}

function sizeOf(resource: Resource): number {
  return JSON.stringify(resource).length;
}
