import type { AddressState__Output } from '../api/generated/ipam/AddressState.ts';
import { timeData } from './time.ts';

/** What is with an address, as data. */
export function stateData({ until_ms, ...state }: AddressState__Output): object {
  return { ...state, until: timeData(until_ms) };
}
