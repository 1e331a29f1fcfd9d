import type { Resource } from '../../resources/resource.ts';
import type { Reflection } from './reflector.ts';

/** Tells several of the same, one after the other: who comes later may rely on what the earlier ones have made of it. */
export function inTurn<R extends Resource>(...reflections: readonly Reflection<R>[]): Reflection<R> {
  return {
    replace: (resources, version) => {
      for (const reflection of reflections) reflection.replace(resources, version);
    },
    put: (resource) => {
      for (const reflection of reflections) reflection.put(resource);
    },
    remove: (resource) => {
      for (const reflection of reflections) reflection.remove(resource);
    },
  };
}
