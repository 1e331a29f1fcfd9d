import type { Metadata, OwnerReference } from './resource.ts';

/** The owner of an object that its owner reference with `controller: true` names. */
export interface ControllerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** API versions of Kubernetes' own kinds that keep Pods. */
export const appsVersion = 'apps/v1';
export const batchVersion = 'batch/v1';

const nobody = 'Pod';

/** What keeps an object as it should be; undefined: nothing does. */
export function controllerOf({ ownerReferences = [] }: Pick<Metadata, 'ownerReferences'>): OwnerReference | undefined {
  return ownerReferences.find(({ controller }) => controller === true);
}

/**
 * Who keeps a Pod, in one text, since each field of a claim costs its API server: `apps/v1 ReplicaSet web-5d8f UID`. None of
 * the four can have a space. `Pod`: nobody does.
 */
export function controlledByText(controller: ControllerReference | undefined): string {
  if (controller === undefined) return nobody;
  const { apiVersion, kind, name, uid } = controller;
  return [apiVersion, kind, name, uid].join(' ');
}

/** @returns undefined: the text says nothing that can be read. `controller` is undefined when nobody keeps the Pod */
export function parseControlledBy(
  text: string | undefined,
): { readonly controller: ControllerReference | undefined } | undefined {
  if (text === undefined) return undefined;
  if (text === nobody) return { controller: undefined };
  const [apiVersion = '', kind = '', name = '', uid = '', ...more] = text.split(' ');
  if (uid === '' || more.length > 0) return undefined;
  return { controller: { apiVersion, kind, name, uid } };
}
