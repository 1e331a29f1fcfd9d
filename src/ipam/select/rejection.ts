import type { Family } from '../../ip/address.ts';
import { formatRangeSet, subtract } from '../../ip/range-set.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import { brief } from '../../resources/refusal.ts';

/** Worded when somebody reads it: at a hundred pools and an address found, nobody does. */
export type Reason = () => string;

/** For messages: people who wrote ranges in a file never made a pool. */
export function poolTitle({ name, ranges, usable, fixed }: Pool): string {
  if (ranges === undefined) return `"${name}"`;
  return `range ${brief(formatRangeSet(subtract(usable, fixed)))} of network "${ranges.network}"`;
}

/** A pool that was looked at and not taken, with the reason a person needs: it goes on where the name ends. */
export interface Rejection {
  readonly pool: string;
  /** As `poolTitle` says it; absent: the name says it. */
  readonly title?: string;
  readonly reason: Reason;
}

/** A rejection in the facts of an error. */
export interface ToldRejection {
  readonly pool: string;
  readonly title?: string;
  readonly reason: string;
}

/** More than this of them make a message that nobody reads; the error's facts have all. */
const shownLimit = 8;

export function told(rejected: readonly Rejection[]): readonly ToldRejection[] {
  return rejected.map(({ pool, title, reason }) => ({
    pool,
    ...(title === undefined ? {} : { title }),
    reason: reason(),
  }));
}

/** `"a" is disabled; "b" is for node "n1" only` */
export function formatRejections(rejected: readonly Rejection[]): string {
  const shown = rejected.slice(0, shownLimit).map(({ pool, title = `"${pool}"`, reason }) => `${title} ${reason()}`);
  return [...shown, ...(rejected.length > shownLimit ? [`and ${rejected.length - shownLimit} more`] : [])].join('; ');
}

/** The error when no pool is left to try. @param origin where the pools were named */
export function noPool(family: Family | undefined, rejected: readonly Rejection[], origin?: string): IpamError {
  const what = `no ${family === undefined ? '' : `IPv${family} `}pool to allocate from`;
  const named = origin === undefined ? what : `${what} (${origin})`;
  const reasons = formatRejections(rejected);
  return new IpamError('not-found', reasons === '' ? named : `${named}: ${reasons}`, {
    advice:
      origin === undefined
        ? 'create a pool with ipam-cli apply -f, set spec.default: true on one, or name one in the network configuration'
        : `name other pools in the ${origin}, or change whom these pools are for`,
    facts: { rejected: told(rejected) },
  });
}

/** Every pool that an error tells of, one line each; empty when it is about something else. */
export function rejectionLines({ facts }: IpamError): readonly string[] {
  return [...linesOf(facts.tried), ...linesOf(facts.rejected)];
}

function linesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly (ToldRejection & { used?: string; total?: string })[]).map(
    ({ pool, title = `pool "${pool}"`, reason, used, total }) =>
      used === undefined ? `${title}: ${reason}` : `${title}: has ${used} of ${total} in use: ${reason}`,
  );
}
