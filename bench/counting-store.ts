import type { Resource } from '../src/resources/resource.ts';
import type { StoreDecorator } from '../src/store/wrap.ts';

/** What went through to a store; bytes are those of the resources as JSON. */
export class StoreCounts {
  operations = 0;
  creates = 0;
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
    get(key) {
      asked();
      return inner.get(key);
    },
    async list(kind) {
      asked();
      const list = await inner.list<never>(kind);
      const [first] = list.items;
      counts.listBytes.set(kind, first === undefined ? 0 : sizeOf(first) * list.items.length);
      return list;
    },
    create(resource, uid) {
      asked(resource);
      counts.creates += 1;
      return inner.create(resource, uid);
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
