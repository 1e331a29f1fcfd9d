import { formatPrefix, parsePrefix } from '../../ip/prefix.ts';
import type { Violation } from '../../ipam/check.ts';
import type { Fix } from '../../ipam/fix.ts';
import type { Administration } from '../../ipam/port.ts';
import { byCall } from '../../ipam/reclaim/release-cause.ts';
import { type Repair, type RepairOutcome, repairOf } from '../../ipam/repair.ts';
import { IpamError, isIpamError } from '../../resources/errors.ts';
import type { AdministrationParts } from './administration-parts.ts';

type Parts = Pick<AdministrationParts, 'ipam' | 'garbage' | 'secure' | 'hasNetns'>;

/** What was found on this daemon's node, violations first, and what can be done about each. @throws IpamError store-unavailable */
export async function repairsOf(local: Administration): Promise<readonly Repair[]> {
  return [...(await local.check()), ...(await local.leftovers())].map(repairOf);
}

/**
 * Carries out what was chosen of `repairsOf`, after another look at each.
 * @param ids absent: all that can be done
 * @param reason for log, audit and Event of what is released
 */
export async function repair(
  local: Administration,
  parts: Parts,
  reason: string,
  ids?: readonly string[],
): Promise<readonly RepairOutcome[]> {
  const found = await repairsOf(local);
  const chosen = ids === undefined ? found : found.filter(({ id }) => ids.includes(id));
  const outcomes: RepairOutcome[] = [];
  for (const one of chosen) outcomes.push(await carryOut(one, local, parts, reason));
  const gone = (ids ?? []).filter((id) => !found.some((one) => one.id === id));
  return [...outcomes, ...gone.map(goneRepair)];
}

async function carryOut(one: Repair, local: Administration, parts: Parts, reason: string): Promise<RepairOutcome> {
  const { fix } = one.found;
  if (fix === undefined) return { ...one, outcome: 'refused', message: one.refused };
  try {
    return { ...one, outcome: 'done', message: await apply(fix, one.id, local, parts, reason) };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return { ...one, outcome: 'failed', message: error.message };
  }
}

/** @throws IpamError in-use, not-found, store-unavailable */
async function apply(
  fix: Fix,
  id: string,
  local: Administration,
  { ipam, garbage, secure, hasNetns }: Parts,
  reason: string,
): Promise<string> {
  switch (fix.kind) {
    case 'release': {
      const held = ipam.find(fix.attachment);
      if (held !== undefined && hasNetns(held.netns))
        throw new IpamError('in-use', `network namespace ${held.netns} is back; nothing was released`);
      const released = await ipam.release(fix.attachment, byCall(reason));
      return `released ${released?.addresses.map(({ address }) => address).join(', ') ?? 'meanwhile'}`;
    }
    case 'return-block':
      await local.returnBlock(fix.node, parsePrefix(fix.cidr));
      return `block ${formatPrefix(parsePrefix(fix.cidr))} released from node "${fix.node}"`;
    case 'collect':
      await garbage.collect();
      return requireGone(local, id, 'garbage was collected');
    case 'secure':
      await secure();
      return requireGone(local, id, `${fix.address} is claimed`);
  }
}

/** What is still found was not repaired. @throws IpamError in-use */
async function requireGone(local: Administration, id: string, done: string): Promise<string> {
  const left = (await local.check()).some((found: Violation) => repairOf(found).id === id);
  if (left) throw new IpamError('in-use', 'it is still so: the log of the daemon says why');
  return done;
}

function goneRepair(id: string): RepairOutcome {
  const found = { invariant: 0, subject: '', message: '', repair: '' };
  return { id, found, action: '', undo: '', refused: '', outcome: 'gone', message: 'it is not found any more' };
}
