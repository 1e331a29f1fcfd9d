import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityOf, isSubjectName, organizationOf, roles } from './identity.ts';
import { issue, newAuthority, newKey, reissue } from './issue.ts';

const hourMs = 3_600_000;
const now = Date.parse('2030-01-01T00:00:00Z');
const authority = newAuthority({ name: 'ca', now, lifetimeMs: 10 * hourMs });
const card = (name: string, organization?: string, lifetimeMs = hourMs): string =>
  issue({
    authority,
    subject: { name, ...(organization === undefined ? {} : { organization }) },
    hosts: ['a.example', '192.0.2.1'],
    uses: ['client', 'server'],
    key: newKey(),
    now,
    lifetimeMs,
  });

describe('who a certificate says its holder is', () => {
  it.each(roles)('%s, by organization', (role) => {
    expect(identityOf(new X509Certificate(card('n1', organizationOf(role))))).toEqual({ name: 'n1', role });
  });

  it.each([
    ['no organization', 'n1', undefined],
    ['another organization', 'n1', 'system:masters'],
    ['a role with something after it', 'n1', 'berth:admin '],
    ['a role that is the name of something else', 'n1', 'berth:constructor'],
    ['an organization with a line of its own', 'n1', 'x\nO=berth:admin'],
    ['a name with a line of its own', 'n1\nO=berth:admin', 'berth:viewer'],
    ['a name that is a path', '../n1', 'berth:node'],
    ['an empty name', '', 'berth:node'],
  ])('nobody: %s', (_what, name, organization) => {
    expect(identityOf(new X509Certificate(card(name, organization)))).toBeUndefined();
  });

  it.each([
    ['node-1.example', true],
    ['alice@example.org', true],
    ['a b', false],
    ['-a', false],
    ['a'.repeat(254), false],
  ])('may be called %s: %s', (name, may) => expect(isSubjectName(name)).toBe(may));
});

describe('certificates of an authority', () => {
  it('are verified by it, and for the names they are made for', () => {
    const cert = new X509Certificate(card('n1', 'berth:node'));
    const ca = new X509Certificate(authority.cert);
    expect(cert.checkIssued(ca) && cert.verify(ca.publicKey)).toBe(true);
    expect(cert.checkHost('a.example')).toBe('a.example');
    expect(cert.checkIP('192.0.2.1')).toBe('192.0.2.1');
  });

  it('last no longer than the authority does', () => {
    const cert = new X509Certificate(card('n1', 'berth:node', 1_000 * hourMs));
    expect(cert.validToDate).toEqual(new X509Certificate(authority.cert).validToDate);
    const late = { authority, key: newKey(), now: now + 11 * hourMs, lifetimeMs: hourMs };
    expect(() => reissue(card('n1'), late)).toThrow('the certificate of the authority has expired');
  });

  it('are made anew for the same subject, names and uses, with another serial number', () => {
    const old = card('n1', 'berth:node');
    const again = reissue(old, { authority, key: newKey(), now: now + hourMs, lifetimeMs: hourMs });
    const [before, after] = [new X509Certificate(old), new X509Certificate(again)];
    expect(after.subject).toBe(before.subject);
    expect(after.subjectAltName).toBe(before.subjectAltName);
    expect(after.keyUsage).toEqual(before.keyUsage);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.validToDate.getTime()).toBe(now + 2 * hourMs);
  });
});
