import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { parseRange } from '../../ip/range.ts';
import { containsAddress } from '../../ip/range-set.ts';
import type { Claim, ClaimSpec } from '../../resources/claim.ts';
import type { Pool } from '../../resources/pool.ts';
import { exactly } from '../requested-address.ts';
import type { Selection } from '../select/select.ts';
import type { Asker } from './asker.ts';
import { atAdd, movedFrom } from './at-add.ts';
import { identityOf } from './identity.ts';
import { bare, born, claim, parkedAt, pod, pool, statefulSet } from './testing/claims.ts';

describe('at ADD', () => {
  const office = pool('office', { subnet: '10.5.0.0/24' });
  const lab = pool('lab', { subnet: '10.5.0.0/24', ips: ['10.5.0.100-10.5.0.110'] });
  const twin = pool('twin', { subnet: '10.5.0.0/24', ips: ['10.5.0.1-10.5.0.20'] });
  const office6 = pool('office6', { subnet: 'fd05::/64' });
  const offers = ({ usable }: Pool, _: Claim, address: ReturnType<typeof parseAddress>) =>
    containsAddress(usable, address);
  const asker = (more: Partial<Asker> = {}): Asker => ({
    attachment: { network: 'net', containerId: 'c2', ifname: 'eth0' },
    pod,
    identity: identityOf({ pod, controller: statefulSet, ifname: 'eth0' }),
    ...more,
  });
  const want = (candidates: readonly Pool[], more: Partial<Selection> = {}): Selection => ({
    family: 4,
    candidates,
    rejected: [],
    ...more,
  });

  it.each<[string, Selection, Asker, Claim[], string]>([
    ['nothing is kept: another address', want([office]), asker(), [], 'none'],
    ['what nobody has is taken over', want([office]), asker(), [claim({ parkedAt })], 'take 10.5.0.9 of office'],
    ['of another pool that offers it, too', want([lab, twin]), asker(), [claim({ parkedAt })], 'take 10.5.0.9 of twin'],
    ['the pools of now do not have it: it moves', want([lab]), asker(), [claim({ parkedAt })], 'none'],
    ['of the other family', want([office6], { family: 6 }), asker(), [claim({ parkedAt })], 'none'],
    [
      'an IPv6 address stays as well',
      want([office6], { family: 6 }),
      asker(),
      [claim({ parkedAt }), claim({ parkedAt, address: 'fd05::9', pool: 'office6' })],
      'take fd05::9 of office6',
    ],
    [
      'exactly another address is asked for',
      want([office], { requested: exactly(parseAddress('10.5.0.10')) }),
      asker(),
      [claim({ parkedAt })],
      'none',
    ],
    [
      'exactly this address is asked for',
      want([office], { requested: exactly(parseAddress('10.5.0.9')) }),
      asker(),
      [claim({ parkedAt })],
      'take 10.5.0.9 of office',
    ],
    ['a former container has it still', want([office]), asker(), [claim()], 'held 10.5.0.9 of office'],
    [
      'of two, the one that nobody has',
      want([office]),
      asker(),
      [claim(), claim({ address: '10.5.0.10', parkedAt })],
      'take 10.5.0.10 of office',
    ],
    [
      'what this very call claimed is no matter of binding',
      want([office]),
      asker(),
      [claim({ containerId: 'c2' })],
      'none',
    ],
    [
      'of another owner with Pods of the same names',
      want([office]),
      asker(),
      [claim({ parkedAt, ownerKind: 'CloneSet' })],
      'none',
    ],
    ['of a Pod that had no owner', want([office]), asker(), [bare({ parkedAt })], 'none'],
    [
      'a Pod without an owner has nothing kept',
      want([office]),
      asker({ identity: undefined }),
      [claim({ parkedAt })],
      'none',
    ],
    [
      'a Pod that its owner left keeps what it had itself',
      want([office]),
      asker({ identity: undefined }),
      [claim({ parkedAt, podUid: 'uid-2' })],
      'take 10.5.0.9 of office',
    ],
  ])('%s', (_, wanted, who, claims, expected) => {
    const found = atAdd({ want: wanted, asker: who, claims, offers });
    const text = found.type === 'none' ? 'none' : `${found.type} ${found.claim.spec.address} of ${found.pool.name}`;
    expect(text).toBe(expected);
  });

  it('takes of two that nobody has the one that was claimed first: the other was never given', () => {
    const of = (address: string, at: string): Claim => born({ parkedAt, address }, at);
    const claims = [of('10.5.0.9', '2026-11-30T00:00:02Z'), of('10.5.0.10', '2026-11-30T00:00:01Z')];
    for (const inOrder of [claims, claims.toReversed()]) {
      const found = atAdd({ want: want([office]), asker: asker(), claims: inOrder, offers });
      expect(found).toMatchObject({ type: 'take', claim: { spec: { address: '10.5.0.10' } } });
    }
  });

  it.each<[string, Partial<ClaimSpec>, 'held' | 'none' | 'take']>([
    ['while another container has that', { containerId: 'c1' }, 'held'],
    ['while this very call has claimed that', { containerId: 'c2' }, 'none'],
    ['but for another Pod of an application', { podName: 'web-c', ownerKind: 'Deployment' }, 'take'],
  ])('takes nothing that was claimed after the first of the identity, %s', (_, spec, expected) => {
    const kept = { address: '10.5.0.10', parkedAt, ownerKind: spec.ownerKind ?? 'StatefulSet' };
    const owner = { kind: kept.ownerKind, name: 'web' };
    const who = asker({ identity: { owner, namespace: 'shop', podName: 'web-0', ifname: 'eth0' } });
    const claims = [born(kept, '2026-11-30T00:00:02Z'), born(spec, '2026-11-30T00:00:01Z')];
    expect(atAdd({ want: want([office]), asker: who, claims, offers }).type).toBe(expected);
  });

  it('leaves behind what was kept and not taken', () => {
    const left = claim({ parkedAt, address: '10.5.0.10' });
    const claims = [claim({ containerId: 'c2', podUid: 'uid-2' }), left, claim({ parkedAt, ownerName: 'other' })];
    expect(movedFrom(asker(), claims, [])).toEqual([left]);
  });

  describe('of an application', () => {
    const owner = { kind: 'Deployment', name: 'web' };
    const ofWeb = (spec: Partial<ClaimSpec> = {}) => claim({ podName: 'web-a', ownerKind: 'Deployment', ...spec });
    const next = { namespace: 'shop', name: 'web-b', uid: 'uid-b' };
    const app = asker({ pod: next, identity: { owner, namespace: 'shop', podName: 'web-b', ifname: 'eth0' } });
    const requested = (...texts: string[]) => ({ family: 4, ranges: texts.map(parseRange) }) as const;
    const two = { requested: requested('10.5.0.9', '10.5.0.12') };

    it.each<[string, Selection, Asker, Claim[], string]>([
      ['what a former Pod of it left', want([office], two), app, [ofWeb({ parkedAt })], 'take 10.5.0.9 of office'],
      ["what another Pod of it has is that one's", want([office], two), app, [ofWeb()], 'none'],
      [
        'what it has no more is for the next Pod, beside what another has',
        want([office], two),
        app,
        [ofWeb(), ofWeb({ address: '10.5.0.12', podName: 'web-c', parkedAt })],
        'take 10.5.0.12 of office',
      ],
      [
        'what it does not ask for any more',
        want([office], two),
        app,
        [ofWeb({ address: '10.5.0.13', parkedAt })],
        'none',
      ],
      ['what another application left', want([office], two), app, [ofWeb({ ownerName: 'db', parkedAt })], 'none'],
      [
        'what a former container of the very Pod has still is waited for',
        want([office], two),
        app,
        [ofWeb({ podName: 'web-b', podUid: 'uid-b' })],
        'held 10.5.0.9 of office',
      ],
    ])('%s', (_, wanted, who, claims, expected) => {
      const found = atAdd({ want: wanted, asker: who, claims, offers });
      const text = found.type === 'none' ? 'none' : `${found.type} ${found.claim.spec.address} of ${found.pool.name}`;
      expect(text).toBe(expected);
    });

    it('leaves behind what it asks for no more, and keeps the rest for its other Pods', () => {
      const claims = [ofWeb({ parkedAt }), ofWeb({ parkedAt, address: '10.5.0.13' }), ofWeb({ address: '10.5.0.12' })];
      expect(movedFrom(app, claims, [two.requested]).map(({ spec }) => spec.address)).toEqual(['10.5.0.13']);
    });
  });
});
