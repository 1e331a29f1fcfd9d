import { describe, expect, it } from 'vitest';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { Contact, ContactStore } from './connectivity.ts';
import { MemoryStore } from './memory/memory-store.ts';

describe('a store that daemons share', () => {
  const noted = async (error: IpamError): Promise<{ contact: Contact; message: string }> => {
    const contact = new Contact(() => Date.UTC(2026, 10, 29));
    const inner = new MemoryStore({ now: () => 0, newUid: () => 'uid' });
    inner.list = () => Promise.reject(error);
    const store = new ContactStore(inner, contact, () => {});
    const message = await store.list(claimKind).then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
    return { contact, message };
  };

  it('is away when it gives no answer, and its errors say since when', async () => {
    const { contact, message } = await noted(new IpamError('store-unavailable', 'no route to host'));
    expect(contact.awaySince).toBeDefined();
    expect(message).toContain(contact.outage);
  });

  it('is there when it answers that it has too much to do', async () => {
    const { contact, message } = await noted(new IpamError('rate-limited', 'too many requests'));
    expect(contact.awaySince).toBeUndefined();
    expect(message).toContain('too many requests');
  });
});
