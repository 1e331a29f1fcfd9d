import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ErrorCode, isIpamError } from '../../src/resources/errors.ts';
import type { Resource } from '../../src/resources/resource.ts';
import type { EtcdClient } from '../../src/store/etcd/client.ts';
import { EtcdStore } from '../../src/store/etcd/etcd-store.ts';

export type Thing = Resource<'Thing', { readonly n: number; readonly text?: string }>;

export const thing = (name: string, n = 0, text?: string): Thing => ({
  apiVersion: 'test.berth.network/v1',
  kind: 'Thing',
  metadata: { name },
  spec: { n, ...(text === undefined ? {} : { text }) },
});

export const thingKey = (name: string) => ({ kind: 'Thing', name });

export function storeOn(client: EtcdClient, prefix = '/test'): EtcdStore {
  return new EtcdStore({ client, prefix, now: Date.now, newUid: randomUUID });
}

export async function expectCode(action: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(action).rejects.toSatisfy((error) => isIpamError(error, code));
}
