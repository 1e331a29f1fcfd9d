import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './caller.ts';

/** Who is behind something, as lines of audit name him. */
export type AuditedCaller = Omit<Caller, 'via'> & { readonly via: Caller['via'] | 'cni' };

const current = new AsyncLocalStorage<AuditedCaller>();

/** Does something for a caller. */
export type ForCaller = <T>(act: () => T) => T;

/** Whatever begins in here, now or later, is done for this caller. It is for the audit: decisions get theirs as an argument. */
export function withCaller<T>(caller: AuditedCaller, act: () => T): T {
  return current.run(caller, act);
}

/** The same for all calls of one connection: what Node.js makes to carry a caller along costs more than a map, and is made once. */
export function forCaller(caller: AuditedCaller): ForCaller {
  return current.run(caller, () => AsyncLocalStorage.snapshot());
}

/** For whom this is done; the daemon's own work is done for nobody else. */
export function currentCaller(): AuditedCaller | { readonly name: 'ipam-daemon'; readonly via: 'daemon' } {
  const caller = current.getStore();
  if (caller === undefined) return { name: 'ipam-daemon', via: 'daemon' };
  const { name, role, via, address } = caller;
  return { name, role, via, address };
}
