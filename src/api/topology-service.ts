import type { Ipam } from '../ipam/port.ts';
import { IpamError } from '../resources/errors.ts';
import type { IpamNodeSpec } from '../resources/topology/schema.ts';
import type { TopologyAdministration } from '../topology/port.ts';
import { nameField, required, unary, unaryOnceOpened } from './calls.ts';
import type { TopologyHandlers } from './generated/ipam/Topology.ts';
import { placeMessage, planMessage } from './topology-messages.ts';

/** Nodes in one call. */
const batchLimit = 1_000;

/** Everything here compares with what is out, which a daemon knows once it has started. */
export function topologyService(topology: TopologyAdministration, ipam: Pick<Ipam, 'opened'>): TopologyHandlers {
  const served = unaryOnceOpened(ipam);
  return {
    Show: served(async () => {
      const shown = await topology.show();
      return {
        spec_json: shown === undefined ? '' : JSON.stringify(shown.spec),
        zones: (shown?.zones ?? []).map(placeMessage),
        unanswered: (shown?.unanswered ?? []).map(({ node, reason }) => ({ node_id: node, reason })),
      };
    }),
    Plan: served(async ({ spec_json }) => planMessage(await topology.plan(jsonField(spec_json, 'spec_json')))),
    Apply: served(async ({ spec_json }) => {
      const { plan, outcome, poolsApplied, poolsDeleted } = await topology.apply(jsonField(spec_json, 'spec_json'));
      return {
        plan: planMessage(plan),
        outcome,
        pools_applied: [...poolsApplied],
        pools_deleted: [...poolsDeleted],
      };
    }),
    RegisterNodes: unary(async ({ nodes }) => {
      if (nodes.length > batchLimit) {
        throw new IpamError('invalid-argument', `${nodes.length} nodes in one call, more than ${batchLimit}`);
      }
      const named = nodes.map(({ node_id, spec_json }) => ({
        id: nameField(required(node_id, 'node_id'), 'node_id'),
        spec: jsonField(spec_json, 'spec_json') as IpamNodeSpec,
      }));
      return { ...(await topology.registerNodes(named)) };
    }),
  };
}

/** @throws IpamError invalid-argument naming the field */
function jsonField(text: string, field: string): unknown {
  try {
    return JSON.parse(required(text, field));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new IpamError('invalid-argument', `${field}: ${error.message}`, { facts: { field } });
  }
}
