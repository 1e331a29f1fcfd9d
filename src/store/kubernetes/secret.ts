import { collectionPath, objectPath, type ResourceType } from './api-path.ts';
import type { KubernetesClient } from './client.ts';

const secretType: ResourceType = {
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  statusSubresource: false,
};

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret as the API server has it. */
export interface Secret {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  /** In base 64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** @returns undefined: there is none @throws IpamError store-unavailable, permission-denied */
export function readSecret(client: Pick<KubernetesClient, 'get'>, place: SecretPlace): Promise<Secret | undefined> {
  return client.get<Secret>(objectPath(secretType, place));
}

/** What stands under a key; empty: nothing does. */
export function textIn({ data = {} }: Secret, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString();
}

/**
 * Puts these texts in the place of all that a Secret has.
 * @param present as it was read: this version is written over, and no other; undefined: it is made
 * @throws IpamError store-unavailable, permission-denied; conflict, already-exists, not-found: somebody else was faster
 */
export async function writeSecret(
  client: Pick<KubernetesClient, 'create' | 'replace'>,
  { namespace, name }: SecretPlace,
  present: Secret | undefined,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  if (present !== undefined) {
    await client.replace(objectPath(secretType, { namespace, name }), { ...present, data });
    return;
  }
  const { apiVersion, kind } = secretType;
  const made = { apiVersion, kind, type: 'Opaque', metadata: { name, namespace }, data };
  await client.create(collectionPath(secretType, namespace), made);
}
