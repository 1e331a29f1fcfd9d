import type { X509Certificate } from 'node:crypto';

/** What a certificate may make of its holder. */
export const roles = ['viewer', 'operator', 'admin', 'node', 'member'] as const;
export type Role = (typeof roles)[number];

export interface Identity {
  /** Common name: of a node or a person. */
  readonly name: string;
  readonly role: Role;
}

/** A DNS name that the certificate of every member carries: whoever calls one need not know its addresses. */
export const memberName = 'member.berth.internal';

export function organizationOf(role: Role): string {
  return `berth:${role}`;
}

/** A name as certificates carry it: what a node or a person may be called. */
export function isSubjectName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9]([-A-Za-z0-9_.@]*[A-Za-z0-9])?$/.test(name);
}

/** Who a verified certificate says its holder is; undefined when its subject is not one of ours, or is ambiguous. */
export function identityOf(cert: X509Certificate): Identity | undefined {
  const { subject } = cert.toLegacyObject() as unknown as { subject?: Readonly<Record<string, unknown>> };
  // A name or an organization given twice is an array: nobody can tell which is meant.
  const [name, organization] = [subject?.CN, subject?.O];
  if (typeof name !== 'string' || typeof organization !== 'string' || !isSubjectName(name)) return undefined;
  const role = roles.find((one) => organizationOf(one) === organization);
  return role === undefined ? undefined : { name, role };
}
