import type { Resource, Stored } from '../../resources/resource.ts';
import { isUnreadable } from '../unreadable.ts';
import type { Reflection } from './reflector.ts';

export interface SieveOptions<R extends Resource> {
  /** @returns why an object cannot be used; undefined: it can */
  readonly problemOf: (resource: Stored<R>) => string | undefined;
  /** What was used last under a name. */
  readonly former: (name: string) => Stored<R> | undefined;
  /** What of an object can be used that was never seen whole; absent, or undefined: nothing. */
  readonly salvage?: (resource: Stored<R>) => Stored<R> | undefined;
  readonly found: MalformedListener;
}

/** How an object that cannot be used came here. */
export interface Malformed {
  readonly resource: Stored<Resource>;
  readonly problem: string;
  /** Its former state is in force. */
  readonly hasFormer: boolean;
  /** It was seen when it was made: before, nothing was said by it. */
  readonly isNew: boolean;
}

export interface MalformedListener {
  found(malformed: Malformed): void;
  /** It can be used now. */
  mended(kind: string, name: string): void;
  /** It is gone; whoever it was of may be there still. */
  gone(kind: string, name: string): void;
  /** Many of these calls, whose effect need not be there before the last of them. */
  together(act: () => void): void;
  has(kind: string, name: string): boolean;
  /** Of those that were found and are there still. */
  names(kind: string): readonly string[];
}

/**
 * The step through which all objects of a kind come in. What cannot be used goes no further: its former state stays in
 * force for as long as the object is there, whether it comes in a list or as a change, and one bad object hides no other.
 */
export function sieve<R extends Resource>(
  kind: string,
  inner: Reflection<R>,
  { problemOf, former, salvage = () => undefined, found }: SieveOptions<R>,
): Reflection<R> {
  const problem = (resource: Stored<R>): string | undefined => {
    try {
      return problemOf(resource);
    } catch (error) {
      // Whatever is wrong with one object must not end the watch of all.
      return (error as Error).message;
    }
  };
  /** @returns what to go by instead */
  const meet = (resource: Stored<R>, wrong: string, isNew: boolean): Stored<R> | undefined => {
    const before = formerOf(resource, former);
    found.found({ resource, problem: wrong, hasFormer: before !== undefined, isNew });
    return before ?? salvage(resource);
  };
  return {
    replace: (resources, version) => {
      const present = new Set(resources.map(({ metadata }) => metadata.name));
      const usable: Stored<R>[] = [];
      found.together(() => {
        for (const resource of resources) {
          const wrong = problem(resource);
          if (wrong === undefined) found.mended(kind, resource.metadata.name);
          const instead = wrong === undefined ? resource : meet(resource, wrong, false);
          if (instead !== undefined) usable.push(instead);
        }
        for (const name of found.names(kind)) if (!present.has(name)) found.gone(kind, name);
      });
      inner.replace(usable, version);
    },
    put: (resource) => {
      const { name } = resource.metadata;
      const wrong = problem(resource);
      if (wrong === undefined) {
        found.mended(kind, name);
        return inner.put(resource);
      }
      const other = former(name);
      const isNew = other === undefined && !found.has(kind, name);
      const instead = meet(resource, wrong, isNew);
      if (other !== undefined && instead !== other) inner.remove(other);
      if (instead !== undefined && instead !== other) inner.put(instead);
    },
    remove: (resource) => {
      const { name, resourceVersion } = resource.metadata;
      found.gone(kind, name);
      if (problem(resource) === undefined) return inner.remove(resource);
      const before = former(name);
      if (before !== undefined) inner.remove({ ...before, metadata: { ...before.metadata, resourceVersion } });
    },
  };
}

/** Of a value that cannot be read nobody knows whose it is; all that is known is its name. */
function formerOf<R extends Resource>(
  resource: Stored<R>,
  former: (name: string) => Stored<R> | undefined,
): Stored<R> | undefined {
  const before = former(resource.metadata.name);
  return before?.metadata.uid === resource.metadata.uid || isUnreadable(resource) ? before : undefined;
}
