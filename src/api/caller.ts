import { IpamError } from '../resources/errors.ts';
import type { Role } from '../tls/identity.ts';

/** Who calls, as the connection shows it; nothing that a caller says of itself is believed. */
export interface Caller {
  /** The certificate's common name, `uid 1000` on a Unix socket, else the address. */
  readonly name: string;
  readonly role: Role | 'anonymous';
  readonly via: 'unix' | 'tls' | 'plain';
  /** Where the connection comes from, without a port; `unix` on a Unix socket. */
  readonly address: string;
}

/** Roles that act for the node of their own name only. */
const boundRoles: ReadonlySet<Caller['role']> = new Set(['node', 'member']);

/** May the caller change what belongs to this node? */
export function mayActFor({ name, role }: Caller, node: string): boolean {
  return !boundRoles.has(role) || name === node;
}

/** @throws IpamError permission-denied when the caller is bound to another node */
export function requireOwnNode(caller: Caller, node: string, field: string): void {
  if (mayActFor(caller, node)) return;
  throw new IpamError('permission-denied', `${field}: ${caller.role} "${caller.name}" may not act for node "${node}"`, {
    advice: `a ${caller.role} acts for the node of its own name; use an operator's certificate for others`,
    facts: { field, name: caller.name, role: caller.role },
  });
}

/** The same of what a node holds, without saying which node that is. @throws IpamError permission-denied */
export function requireOwnHolder(caller: Caller, holder: string, field: string): void {
  if (mayActFor(caller, holder)) return;
  throw new IpamError('permission-denied', `${field}: held by another node than "${caller.name}"`, {
    facts: { field, name: caller.name, role: caller.role },
  });
}

/** The only node whose allocations and blocks the caller may see; undefined: it may see all. */
export function visibleNode({ name, role }: Caller): string | undefined {
  return role === 'node' ? name : undefined;
}
