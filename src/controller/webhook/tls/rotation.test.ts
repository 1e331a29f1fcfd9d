import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isBundle, isUsable } from '../../../tls/pem.ts';
import { newServingPair } from './certificate.ts';
import { type KeptPairs, rotate } from './rotation.ts';

const dayMs = 86_400_000;
const start = Date.parse('2030-01-01T00:00:00Z');
const settleMs = 600_000;

/** Keeps as a replica does, and counts what it made. */
class Keeper {
  kept: KeptPairs | undefined;
  made = 0;

  at(now: number, hosts = ['ipam-controller.berth-system.svc']): KeptPairs {
    this.kept = rotate(this.kept, now, { hosts, settleMs }, () => {
      this.made += 1;
      return newServingPair({ hosts, now, lifetimeMs: 90 * dayMs });
    });
    return this.kept;
  }
}

const authorities = ({ caBundle }: KeptPairs): X509Certificate[] =>
  caBundle
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((text) => text !== '')
    .map((text) => new X509Certificate(text));

/** Would an API server with this bundle believe who serves this certificate? */
const believes = (kept: KeptPairs, cert: string): boolean =>
  authorities(kept).some(
    (ca) => new X509Certificate(cert).checkIssued(ca) && new X509Certificate(cert).verify(ca.publicKey),
  );

describe('certificates that are kept', () => {
  it('are for the names that API servers use, and for nothing but serving', () => {
    const { current } = new Keeper().at(start, ['a.b.svc', '192.0.2.1', '2001:db8::1']);
    const cert = new X509Certificate(current.cert);
    expect(cert.checkHost('a.b.svc')).toBe('a.b.svc');
    expect(cert.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(cert.checkIP('2001:db8::1')).toBe('2001:db8::1');
    expect(cert.checkHost('c.b.svc')).toBeUndefined();
    expect(cert.ca).toBe(false);
    expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(isUsable(current)).toBe(true);
  });

  it('stay for two thirds of their time', () => {
    const keeper = new Keeper();
    const first = keeper.at(start);
    expect(keeper.at(start + 59 * dayMs)).toBe(first);
    expect(keeper.made).toBe(1);
  });

  it('are replaced before they expire: first the new authority is trusted, then its certificate is in service', () => {
    const keeper = new Keeper();
    const first = keeper.at(start);
    const announced = keeper.at(start + 61 * dayMs);
    expect(announced.current).toEqual(first.current);
    expect(authorities(announced)).toHaveLength(2);
    expect(keeper.at(start + 61 * dayMs + settleMs - 1)).toBe(announced);
    const second = keeper.at(start + 61 * dayMs + settleMs);
    expect(second.current).toEqual(announced.next);
    expect(second.next).toBeUndefined();
    expect(keeper.made).toBe(2);
    // Whatever an API server knows, and whatever a replica still serves.
    for (const cert of [first.current.cert, second.current.cert]) {
      expect(believes(announced, cert)).toBe(true);
      expect(believes(second, cert)).toBe(true);
    }
  });

  it('are trusted no longer than they are valid', () => {
    const keeper = new Keeper();
    const first = keeper.at(start);
    keeper.at(start + 61 * dayMs);
    keeper.at(start + 62 * dayMs);
    const third = keeper.at(start + 122 * dayMs);
    expect(believes(third, first.current.cert)).toBe(false);
    expect(authorities(third)).toHaveLength(2);
  });

  it('are made at once when the old ones have expired meanwhile, or are for another name', () => {
    const keeper = new Keeper();
    const first = keeper.at(start);
    const late = keeper.at(start + 91 * dayMs);
    expect(late.current).not.toEqual(first.current);
    expect(authorities(late)).toHaveLength(1);
    const renamed = keeper.at(start + 92 * dayMs, ['other.berth-system.svc']);
    expect(new X509Certificate(renamed.current.cert).checkHost('other.berth-system.svc')).toBeDefined();
    expect(believes(renamed, late.current.cert)).toBe(true);
  });

  it('are known from what is none', () => {
    const [one, other] = [1, 2].map(() => newServingPair({ hosts: ['a'], now: start, lifetimeMs: dayMs }));
    expect(isUsable({ cert: one?.cert ?? '', key: other?.key ?? '' })).toBe(false);
    expect(isUsable({ cert: 'text', key: '' })).toBe(false);
    expect(isBundle(one?.ca ?? '')).toBe(true);
    expect(isBundle(one?.cert ?? '')).toBe(false);
    expect(isBundle('')).toBe(false);
  });
});
