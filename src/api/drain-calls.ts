import type { DrainState } from '../ipam/drain.ts';
import { IpamError } from '../resources/errors.ts';
import { nameField, required, unaryOnceOpened } from './calls.ts';
import type { DrainRequest__Output } from './generated/ipam/DrainRequest.ts';
import type { DrainResponse } from './generated/ipam/DrainResponse.ts';
import type { IPAMHandlers } from './generated/ipam/IPAM.ts';
import { reasonField } from './release-calls.ts';
import type { IpamServiceParts } from './service-parts.ts';

/** More blocks say nothing more. */
const mostBlocks = 1_000;

/** A node is emptied by its own daemon, which alone gives its addresses. */
export function drainCalls({ ipam, administration }: IpamServiceParts): Pick<IPAMHandlers, 'Drain' | 'DryRunDrain'> {
  const { draining } = administration;
  const served = unaryOnceOpened(ipam);
  const requireOwn = ({ node_id }: DrainRequest__Output): void => {
    const node = nameField(required(node_id, 'node_id'), 'node_id');
    if (node === administration.node) return;
    throw new IpamError(
      'unsupported',
      `node "${node}" is emptied by its own daemon; this one is of node "${administration.node}"`,
      {
        advice: `ask that daemon: ipam-cli on "${node}", or --daemon with its address`,
      },
    );
  };
  return {
    Drain: served(async (request) => {
      requireOwn(request);
      if (request.undo) return message(await draining.end());
      return message(await draining.begin(reasonField(required(request.reason, 'reason')) ?? ''));
    }),
    DryRunDrain: served(async (request) => {
      requireOwn(request);
      return message(draining.state());
    }),
  };
}

function message({ node, drained, attachments, blocks }: DrainState): DrainResponse {
  return {
    node_id: node,
    drained: drained !== undefined,
    since_ms: drained?.since ?? 0,
    reason: drained?.reason ?? '',
    attachments,
    blocks: blocks.slice(0, mostBlocks),
  };
}
