import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../ip/prefix.ts';
import { scopeOf } from '../../resources/scope.ts';
import { RecentReleases } from './recent-releases.ts';

const office = { pool: 'office', address: '10.5.0.7' };
const subnet = parsePrefix('10.5.0.0/24');
const scope = scopeOf('office');

describe('what was released of late', () => {
  it('is what still cools down, of the range that is asked for', () => {
    const releases = new RecentReleases();
    releases.note({ ...office, until: 30_000 }, 0);
    releases.note({ pool: 'lab', address: '10.6.0.7', until: 30_000 }, 0);
    expect(releases.within(scope, subnet, 29_999)).toEqual([{ ...office, until: 30_000 }]);
    expect(releases.within(scope, subnet, 30_000)).toEqual([]);
    expect(releases.within('another', subnet, 0)).toEqual([]);
  });

  it('cools down from its last release on', () => {
    const releases = new RecentReleases();
    releases.note({ ...office, until: 30_000 }, 0);
    releases.note({ ...office, until: 50_000 }, 20_000);
    expect(releases.within(scope, subnet, 40_000)).toEqual([{ ...office, until: 50_000 }]);
  });

  it('is forgotten when it is over, and of very much the oldest first', () => {
    const releases = new RecentReleases();
    for (let n = 0; n < 10_001; n += 1)
      releases.note({ pool: 'office', address: `10.5.${n >> 8}.${n & 255}`, until: 30_000 }, 0);
    const known = releases.within(scope, parsePrefix('10.5.0.0/16'), 0);
    expect(known).toHaveLength(10_000);
    expect(known[0]?.address).toBe('10.5.0.1');
    releases.note({ ...office, until: 90_000 }, 60_000);
    expect(releases.within(scope, parsePrefix('10.5.0.0/16'), 0)).toHaveLength(1);
  });
});
