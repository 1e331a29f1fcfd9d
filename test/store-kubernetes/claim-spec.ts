import type { ClaimSpec } from '../../src/resources/claim.ts';

/** A claim of the n-th address of 10.0.0.0/8, n from 0 to 2^24 - 1. */
export function claimSpec(n: number): ClaimSpec {
  return {
    address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    pool: 'pool',
    node: 'node-1',
    daemon: 'node-1',
    network: 'net',
    containerId: `container-${n}`,
    ifname: 'eth0',
  };
}
