import type { Resource } from '../resources/resource.ts';
import type { Selection } from './store.ts';

/** Is an object among those that were asked for? For stores that hold all of a kind side by side. */
export function isSelected({ metadata: { labels = {} } }: Resource, selection: Selection | undefined): boolean {
  return Object.entries(selection?.labels ?? {}).every(([key, value]) => labels[key] === value);
}
