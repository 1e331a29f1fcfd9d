import type { PrefixChange, TopologyPlan } from '../topology/plan.ts';
import type { Fill, PlaceFill } from '../topology/utilisation.ts';
import type { Fill as FillMessage } from './generated/ipam/Fill.ts';
import type { PlaceFill as PlaceMessage } from './generated/ipam/PlaceFill.ts';
import type { PrefixChange as ChangeMessage } from './generated/ipam/PrefixChange.ts';
import type { TopologyPlan as PlanMessage } from './generated/ipam/TopologyPlan.ts';

export function placeMessage({ place, fills, subnets, nodes, children }: PlaceFill): PlaceMessage {
  const { level, id, name, location } = place;
  return {
    ...{ level, id, name, location, nodes },
    fills: fills.map(fillMessage),
    subnets: subnets.map((subnet) => ({
      cidr: subnet.prefix,
      purpose: subnet.purpose,
      pool: subnet.pool,
      fill: fillMessage(subnet),
    })),
    children: children.map(placeMessage),
  };
}

function fillMessage({ family, total, used, unknown }: Fill): FillMessage {
  return { family, total: String(total), used: String(used), unknown: String(unknown) };
}

export function planMessage({ changes, refusals, routesBefore, routesAfter }: TopologyPlan): PlanMessage {
  const routes = (counts: TopologyPlan['routesAfter']) =>
    counts.map(({ level, aggregated, bySubnet }) => ({ level, aggregated, by_subnet: bySubnet }));
  return {
    changes: changes.map(changeMessage),
    refusals: refusals.map(({ prefix, message, advice }) => ({ cidr: prefix, message, advice })),
    routes_before: routes(routesBefore),
    routes_after: routes(routesAfter),
  };
}

function changeMessage({ prefix, isSubnet, ...rest }: PrefixChange): ChangeMessage {
  return { ...rest, cidr: prefix, is_subnet: isSubnet };
}
