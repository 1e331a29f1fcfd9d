import type { AddressState__Output } from '../api/generated/ipam/AddressState.ts';

/** What is with an address, as data. */
export function stateData({ until_ms, ...state }: AddressState__Output): object {
  return { ...state, until: until_ms === '0' ? null : new Date(Number(until_ms)).toISOString() };
}
