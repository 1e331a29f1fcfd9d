import type { World } from './world.ts';

/** The StatefulSet that the world has: its Pods come again under their names, on whichever node. */
export const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-db' } as const;
/** How many Pods it has. */
const replicas = 8;
/** The network of its Pods, with a pool that nobody changes. */
export const statefulNetwork = 'stateful';

export function isStateful(podName: string): boolean {
  return podName.startsWith(`${statefulSet.name}-`);
}

/** As the API server has it: of each name there is one Pod at a time, and another once that is gone. */
export class Identities {
  readonly #world: World;
  readonly #free = new Set(Array.from({ length: replicas }, (_, ordinal) => `${statefulSet.name}-${ordinal}`));

  constructor(world: World) {
    this.#world = world;
  }

  /** A Pod is made on a node. @returns its name; undefined: all are there */
  take(): string | undefined {
    if (this.#free.size === 0) return undefined;
    const name = this.#world.random.pick([...this.#free]);
    this.#free.delete(name);
    return name;
  }

  /** The Pod is gone from the API server; its containers may not be. */
  gone(podName: string): void {
    if (isStateful(podName)) this.#free.add(podName);
  }
}
