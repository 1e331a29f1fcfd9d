import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { IpamError } from '../../resources/errors.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { silentLog } from '../../telemetry/log.ts';
import { AdmissionWebhook } from './admission-webhook.ts';
import { Objects } from './testing/objects.ts';
import { newServingPair } from './tls/certificate.ts';

describe('before it has certificates, the admission webhook', () => {
  it('can be stopped', async () => {
    const webhook = new AdmissionWebhook({
      store: new MemoryStore({ now: () => 0, newUid: () => randomUUID() }),
      client: new Objects(),
      tls: { read: () => Promise.reject(new IpamError('store-unavailable', 'the API server is unreachable')) },
      host: '127.0.0.1',
      port: 0,
      namespace: 'berth-system',
      log: silentLog,
      clock: systemClock,
    });
    const starting = webhook.start();
    await webhook.stop();
    await starting;
    expect(webhook.readiness()).toMatchObject({ ready: false });
  });

  it('is not ready, says why, and goes on trying', async () => {
    let attempt = 0;
    const webhook = new AdmissionWebhook({
      store: new MemoryStore({ now: () => 0, newUid: () => randomUUID() }),
      client: new Objects(),
      tls: {
        read: async () => {
          attempt += 1;
          if (attempt === 1) throw new IpamError('store-unavailable', 'the API server is unreachable');
          const { cert, key, ca } = newServingPair({ hosts: ['a'], now: Date.now(), lifetimeMs: 3_600_000 });
          return { cert, key, caBundle: ca };
        },
      },
      host: '127.0.0.1',
      port: 0,
      namespace: 'berth-system',
      log: silentLog,
      clock: {
        ...systemClock,
        pause: async (_ms, signal) => {
          const reason = expect.stringContaining('API server is unreachable');
          if (attempt === 1) expect(webhook.readiness()).toEqual({ ready: false, reason });
          else await systemClock.pause(3_600_000, signal);
        },
      },
    });
    expect(webhook.certificateExpires).toBeUndefined();
    const before = Date.now();
    await webhook.start();
    expect(webhook.readiness()).toEqual({ ready: true, reason: '' });
    // A certificate's times are in whole seconds.
    const left = (webhook.certificateExpires ?? 0) - before;
    expect([left > 3_590_000, left < 3_600_000 + 120_000]).toEqual([true, true]);
    await webhook.stop();
  });
});
