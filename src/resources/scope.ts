import { digest, slug } from './digest.ts';

/*
 * An address is given once within its scope. Networks that never meet may each have a scope of their own, and in it the
 * addresses of the others once more (Whereabouts' `network_name`; address scopes of OpenStack). A pool's name carries its
 * scope, so that everything that names a pool (claim, record, cool-down) says which address it means.
 */

/** Where most pools are. */
export const defaultScope = '';

const mark = '.scope-';
const plain = /^(?!.*--)[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** The scope of the networks that have this `network_name`: another for each other text. */
export function scopeId(networkName: string): string {
  if (networkName === defaultScope || plain.test(networkName)) return networkName;
  return `${slug(networkName)}--${digest(networkName)}`;
}

/** An object's name in a scope. */
export function inScope(name: string, scope: string): string {
  return scope === defaultScope ? name : `${name}${mark}${scope}`;
}

/** @param pool a pool's name */
export function scopeOf(pool: string): string {
  const at = pool.lastIndexOf(mark);
  return at < 0 ? defaultScope : pool.slice(at + mark.length);
}

/** An object's name as it is without its scope. */
export function withoutScope(name: string): string {
  const at = name.lastIndexOf(mark);
  return at < 0 ? name : name.slice(0, at);
}

/** One text per address and scope: in the default scope the address itself. */
export function addressKey({ address, pool }: { readonly address: string; readonly pool: string }): string {
  return inScope(address, scopeOf(pool));
}
