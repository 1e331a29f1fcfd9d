import { IpamError } from '../resources/errors.ts';

/** Of nodes, the first: the private ones of four bytes begin with 4200000000 (RFC 6996). */
export const firstNodeAsn = 4_200_000_001;
/** RFC 6996 5. */
const lastPrivateAsn = 4_294_967_294;

/** May a speaker have this number? 0, 23456 and the last of two and four bytes are nobody's (RFC 7607, 6793, 7300). */
export function isAsn(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= lastPrivateAsn && value !== 23_456 && value !== 65_535;
}

/**
 * The AS of a node by its number.
 * @param number of the node, from 0, which stays with it: of one that is gone nobody has it
 * @throws IpamError invalid-config: there is none for it
 */
export function nodeAsn(number: number, first = firstNodeAsn): number {
  const asn = first + number;
  if (number >= 0 && isAsn(asn)) return asn;
  throw new IpamError(
    'invalid-config',
    `node number ${number} has no AS from ${first}: ${asn} is none that a speaker may have`,
    {
      advice: `let bgp.node_as_base be lower: numbers go up to ${lastPrivateAsn}`,
    },
  );
}
