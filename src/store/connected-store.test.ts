import { describe, expect, it } from 'vitest';
import { claimKind } from '../resources/claim.ts';
import { IpamError } from '../resources/errors.ts';
import { connected } from './connected-store.ts';
import { Connectivity } from './connectivity.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { wrap } from './wrap.ts';

describe('a store that daemons share', () => {
  const noted = async (error: IpamError): Promise<{ connectivity: Connectivity; message: string }> => {
    const connectivity = new Connectivity(() => Date.UTC(2026, 10, 29));
    const inner = new MemoryStore({ now: () => 0, newUid: () => 'uid' });
    inner.list = () => Promise.reject(error);
    const store = wrap(
      inner,
      connected(connectivity, () => {}),
    );
    const message = await store.list(claimKind).then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
    return { connectivity, message };
  };

  it('is unreachable when it gives no answer, and its errors say since when', async () => {
    const { connectivity, message } = await noted(new IpamError('store-unavailable', 'no route to host'));
    expect(connectivity.unreachableSince).toBeDefined();
    expect(message).toContain(connectivity.outage);
  });

  it('is there when it answers that it has too much to do', async () => {
    const { connectivity, message } = await noted(new IpamError('rate-limited', 'too many requests'));
    expect(connectivity.unreachableSince).toBeUndefined();
    expect(message).toContain('too many requests');
  });
});
