import type { Pool } from '../../resources/pool.ts';
import type { Reason } from './rejection.ts';

/**
 * The VLAN of an interface: the first that a candidate names and in which each address can be had, else the first
 * that one names. A pool that names none fits any.
 * @param wants the candidates for each address of the interface
 * @returns undefined when no pool names one
 */
export function commonVlan(wants: readonly (readonly Pool[])[]): number | undefined {
  const vlans = wants.flatMap((pools) => pools.flatMap(({ vlan }) => vlan ?? []));
  return vlans.find((vlan) => wants.every((pools) => pools.some((pool) => fits(pool, vlan)))) ?? vlans[0];
}

/** An interface is in one VLAN, so its pools must agree. */
export function vlanMismatch(pool: Pool, vlan: number): Reason | undefined {
  return fits(pool, vlan)
    ? undefined
    : () => `is in VLAN ${pool.vlan}, and the interface's other pools are in VLAN ${vlan}`;
}

function fits(pool: Pool, vlan: number): boolean {
  return pool.vlan === undefined || pool.vlan === vlan;
}
