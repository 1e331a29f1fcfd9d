import { parseAddress } from '../ip/address.ts';
import type { Allocation } from '../ipam/allocation.ts';
import type { ClusterwideAdministration, Told } from '../ipam/cluster-port.ts';
import { IpamError } from '../resources/errors.ts';
import { addressField, required, unaryOnceOpened } from './calls.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import type { QuarantineIPRequest__Output } from './generated/ipam/QuarantineIPRequest.ts';
import { allocationMessage, unansweredMessage } from './messages.ts';
import type { IpamServiceParts } from './service-parts.ts';

const reasonLimit = 500;
/** A hundred years: what is meant longer is meant for ever. */
const longestSeconds = 100 * 365 * 86_400;

/** What is withheld is so everywhere; who has the address all the same is asked of whoever can know. */
export function quarantineCalls({
  ipam,
  administration,
}: IpamServiceParts): Pick<IPAMHandlers, 'QuarantineIP' | 'LiftQuarantine'> {
  const served = unaryOnceOpened(ipam);
  return {
    QuarantineIP: served(async (request) => {
      const own = await quarantine(administration, request);
      return holderMessage(own, await othersHolding(administration, own, request));
    }),
    LiftQuarantine: served(async (request) => {
      const address = addressField(request.ip, 'ip');
      await administration.lift(address);
      const [own] = administration.holdersOf(address);
      return holderMessage(own, await othersHolding(administration, own, request));
    }),
  };
}

/** @returns undefined: nobody else need be asked */
async function othersHolding(
  { cluster }: ClusterwideAdministration,
  own: Allocation | undefined,
  { ip, local }: { readonly ip: string; readonly local: boolean },
): Promise<Told<Allocation | undefined> | undefined> {
  if (own !== undefined || local) return undefined;
  const { value, unanswered } = await cluster.find({ kind: 'address', address: parseAddress(ip) });
  return { value: value.allocations[0], unanswered };
}

function holderMessage(own: Allocation | undefined, others: Told<Allocation | undefined> | undefined) {
  const holder = own ?? others?.value;
  return {
    holder: holder === undefined ? null : allocationMessage(holder),
    unanswered: (others?.unanswered ?? []).map(unansweredMessage),
  };
}

/** @param seconds digits; 0: until somebody lifts it @throws IpamError invalid-argument, and as Administration.quarantine */
export async function quarantine(
  administration: Pick<ClusterwideAdministration, 'quarantine'>,
  { ip, reason, seconds }: Pick<QuarantineIPRequest__Output, 'ip' | 'reason' | 'seconds'>,
): Promise<Allocation | undefined> {
  const text = required(reason, 'reason').trim();
  if (text === '' || text.length > reasonLimit) {
    throw new IpamError('invalid-argument', `reason has ${text.length} characters; 1 to ${reasonLimit} are allowed`, {
      facts: { field: 'reason' },
    });
  }
  const duration = Number(seconds);
  if (!(duration >= 0 && duration <= longestSeconds)) {
    throw new IpamError(
      'invalid-argument',
      `seconds is ${seconds}; 0 (until lifted) to ${longestSeconds} are allowed`,
      {
        facts: { field: 'seconds' },
      },
    );
  }
  return administration.quarantine(addressField(ip, 'ip'), text, duration === 0 ? undefined : duration * 1000);
}
