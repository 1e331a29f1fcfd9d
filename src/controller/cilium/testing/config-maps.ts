import { IpamError } from '../../../resources/errors.ts';
import type { KeptRecordsOptions } from '../kept-records.ts';

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

/** ConfigMaps as an API server keeps them: with versions, and merge patches that may name one. */
export class ConfigMaps {
  readonly objects = new Map<string, ConfigMap>();
  #version = 0;

  readonly client = {
    get: async (path: string) => this.objects.get(nameOf(path)),
    list: async () => ({ items: [...this.objects.values()], version: '' }),
    create: async (_path: string, made: ConfigMap) => {
      if (this.objects.has(made.metadata.name)) throw new IpamError('already-exists', made.metadata.name);
      return this.#put(made.metadata.name, made.data);
    },
    patch: async (
      path: string,
      patch: { metadata: { resourceVersion: string }; data: Record<string, string | null> },
    ) => {
      const name = nameOf(path);
      const present = this.objects.get(name);
      if (present === undefined) throw new IpamError('not-found', name);
      if (patch.metadata.resourceVersion !== present.metadata.resourceVersion) throw new IpamError('conflict', name);
      return this.#put(name, { ...present.data, ...patch.data });
    },
  } as unknown as KeptRecordsOptions['client'];

  lines(name: string): Readonly<Record<string, string>> {
    return this.objects.get(name)?.data ?? {};
  }

  #put(name: string, data: Readonly<Record<string, string | null | undefined>>): ConfigMap {
    const lines = Object.entries(data).filter((line): line is [string, string] => typeof line[1] === 'string');
    const object = { metadata: { name, resourceVersion: String(++this.#version) }, data: Object.fromEntries(lines) };
    this.objects.set(name, object);
    return object;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
