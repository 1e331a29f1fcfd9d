import type { ClusterwideAdministration } from '../ipam/cluster-port.ts';
import type { Actions } from '../page/page.ts';
import { addressField } from './calls.ts';
import type { Connection } from './connections.ts';
import { quarantine } from './quarantine-calls.ts';

/** What a page changes, with the same rules and the same lines of audit as the calls of gRPC that do it. */
export function pageActions(
  administration: Pick<ClusterwideAdministration, 'quarantine' | 'lift'>,
  { onDone }: Pick<Connection, 'onDone'>,
): Actions {
  return {
    quarantine: async (ip, reason, seconds) => {
      const request = { ip, reason, seconds };
      await quarantine(administration, request);
      onDone('/ipam.IPAM/QuarantineIP', request, {});
    },
    lift: async (ip) => {
      await administration.lift(addressField(ip, 'ip'));
      onDone('/ipam.IPAM/LiftQuarantine', { ip }, {});
    },
  };
}
