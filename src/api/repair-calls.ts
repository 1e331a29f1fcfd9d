import type { Repair, RepairOutcome } from '../ipam/repair.ts';
import { IpamError } from '../resources/errors.ts';
import { required, unaryOnceOpened } from './calls.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import type { Repair as RepairMessage } from './generated/ipam/Repair.ts';
import { violationMessage } from './messages.ts';
import { reasonField } from './release-calls.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** Of one call, and of one answer. */
const mostRepairs = 10_000;

/** What is done about what a daemon finds when it checks itself. */
export function repairCalls({ ipam, administration }: IpamServiceParts): Pick<IPAMHandlers, 'Repair' | 'DryRunRepair'> {
  const served = unaryOnceOpened(ipam);
  const message = (one: Repair & Partial<RepairOutcome>): RepairMessage => ({
    ...one,
    found: violationMessage({ ...one.found, node: administration.node }),
  });
  return {
    DryRunRepair: served(async () => ({
      repairs: (await administration.repairs()).slice(0, mostRepairs).map(message),
    })),
    Repair: served(async ({ ids, reason: text }) => {
      const reason = reasonField(required(text, 'reason')) ?? '';
      if (ids.length > mostRepairs) {
        throw new IpamError('invalid-argument', `ids has ${ids.length} repairs; at most ${mostRepairs} are allowed`, {
          facts: { field: 'ids' },
        });
      }
      const outcomes = await administration.repair(reason, ids.length === 0 ? undefined : ids);
      return { repairs: outcomes.slice(0, mostRepairs).map(message) };
    }),
  };
}
