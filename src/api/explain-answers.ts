import type {
  AddressExplanation,
  ConsideredPool,
  Explanation,
  Prospect,
  RefusedTry,
} from '../ipam/explain/explanation.ts';
import type { AddressExplanation__Output } from './generated/ipam/AddressExplanation.ts';
import type { ConsideredPool__Output } from './generated/ipam/ConsideredPool.ts';
import type { ExplainResponse__Output } from './generated/ipam/ExplainResponse.ts';
import type { Prospect__Output } from './generated/ipam/Prospect.ts';
import type { RefusedTry__Output } from './generated/ipam/RefusedTry.ts';
import { allocationOf, stateOf } from './peer-answers.ts';

/**
 * What explain-messages.ts makes of an explanation, read again. How full a pool is daemons tell one another by their blocks: no
 * explanation of a pool comes from another.
 */
export function explanationOf({ addresses, tries, prospects }: ExplainResponse__Output): Explanation {
  return {
    addresses: addresses.map(addressOf),
    tries: tries.map(tryOf),
    prospects: prospects.map(prospectOf),
    pool: undefined,
  };
}

function addressOf({ ip, state, holder, since_ms, rule, freed }: AddressExplanation__Output): AddressExplanation {
  return {
    address: ip,
    state: state === null ? { state: 'unknown', message: `nothing is told of ${ip}` } : stateOf(state),
    holder: holder === null ? undefined : allocationOf(holder),
    since: since_ms === '0' ? undefined : Number(since_ms),
    rule,
    freed,
  };
}

function tryOf({ node_id: node, network, ifname, at_ms, tries, problem, pools }: RefusedTry__Output): RefusedTry {
  const { code = '', message = '', advice = '' } = problem ?? {};
  return { node, network, ifname, at: Number(at_ms), tries, code, message, advice, pools: pools.map(considered) };
}

function prospectOf({ node_id: node, network, ifname, refusal, pools }: Prospect__Output): Prospect {
  return { node, network, ifname, refusal, pools: pools.map(considered) };
}

function considered({ pool, family, reason }: ConsideredPool__Output): ConsideredPool {
  return { pool, family: family === 4 || family === 6 ? family : 0, reason };
}
