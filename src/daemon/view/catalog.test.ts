import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { rangeSet } from '../../ip/range-set.ts';
import { type PoolResource, poolKind } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { pool } from '../testing/world.ts';
import { Catalog } from './catalog.ts';

/** A pool as a store gave it. */
function stored(resourceVersion: string): Stored<PoolResource> {
  const { metadata, ...rest } = pool('office', { subnet: '10.5.0.0/24' }) as PoolResource;
  const given = { uid: 'u1', creationTimestamp: '2026-11-30T00:00:00Z', resourceVersion };
  return { ...rest, metadata: { ...metadata, ...given } };
}

/** A catalog whose time is over when the test says so. */
function catalogInTime() {
  const late = Promise.withResolvers<void>();
  const catalog = new Catalog(
    () => {},
    async () => {},
    { pause: () => late.promise },
  );
  return { catalog, shown: catalog.showing(poolKind, catalog.poolReflection), timeIsOver: late.resolve };
}

describe('a catalog that a write is waited for in', () => {
  it('goes on as soon as the watch shows it', async () => {
    const { catalog, shown } = catalogInTime();
    shown.replace([], '3');
    const waiting = catalog.caughtUp(poolKind, stored('4'));
    shown.put(stored('4'));
    await expect(waiting).resolves.toBeUndefined();
    expect(catalog.pool('office')?.name).toBe('office');
  });

  it('says what was not shown, when the store has gone back and forgotten it: nobody waits for ever', async () => {
    const { catalog, shown, timeIsOver } = catalogInTime();
    shown.replace([stored('9')], '9');
    const waiting = catalog.waitUntilDeleted(poolKind, stored('9'));
    // Restored from yesterday, and quiet since.
    shown.replace([], '3');
    shown.put(stored('4'));
    timeIsOver();
    await expect(waiting).rejects.toMatchObject({
      code: 'store-unavailable',
      message: 'the store took the change of SpiderIPPool "office", and did not show it within 20 s',
    });
  });
});

describe('why nobody gets an address that was asked for', () => {
  /** Pool "office" of which .7 is held back, beside a pool whose gateway is .8 of it. */
  function heldBack(): Catalog {
    const catalog = new Catalog(() => {});
    const { metadata, ...rest } = stored('4');
    const beside = {
      ...rest,
      metadata: { ...metadata, name: 'beside' },
      spec: { subnet: '10.5.0.0/24', gateway: '10.5.0.8' },
    };
    catalog.poolReflection.replace([stored('4'), beside], '4');
    const first = parseAddress('10.5.0.7');
    catalog.withhold(rangeSet([{ first, last: first }]), new Set());
    return catalog;
  }

  it.each([
    ['10.5.0.7', 'address-taken', 'address 10.5.0.7 of pool "office" is held back: what stood for it is gone'],
    [
      '10.5.0.8',
      'address-not-allowed',
      'address 10.5.0.8 of pool "office" is never given out: it is a gateway beside it',
    ],
  ])('tells of %s that it is %s', (text, code, message) => {
    const catalog = heldBack();
    const office = catalog.pool('office');
    const error = office && catalog.withheldError(parseAddress(text), office);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
