import type { BlockUsage, PoolUsage } from '../ipam/port.ts';
import type { ShownTopology } from '../topology/port.ts';
import type { Fill, PlaceFill } from '../topology/utilisation.ts';
import { legend, type Part, stackedBar, usageParts } from './bar.ts';
import { countText } from './figures.ts';
import { type Html, html } from './html.ts';
import { marks } from './overview.ts';
import type { Route } from './page.ts';
import { missing, nodeLink, poolLink } from './parts.ts';
import type { Texts } from './texts-en.ts';

/** Blocks of one pool in the tree; the rest counts in the pool's bar. */
const blocksShown = 50;
/** Pools beside the topology; the rest is found by its name. */
const poolsShown = 500;

export const networkPage: Route = {
  method: 'GET',
  pattern: '/network',
  calls: ['/ipam.IPAM/GetPoolStats', '/ipam.Topology/Show'],
  show: async ({ texts }, { administration: { cluster }, topology }) => {
    const [shown, pools, blocks] = await Promise.all([topology.show(), cluster.pools(), cluster.blocks()]);
    return {
      title: texts.network,
      isLive: true,
      main: html`${missing(texts, pools.unanswered)}${networkOf(texts, shown, pools.value, blocks.value)}`,
    };
  },
};

interface Tree {
  readonly texts: Texts;
  readonly pools: ReadonlyMap<string, PoolUsage>;
  readonly blocks: ReadonlyMap<string, readonly BlockUsage[]>;
}

/** Places with their subnets, pools and blocks; then the pools of no place. */
export function networkOf(
  texts: Texts,
  shown: Pick<ShownTopology, 'zones'> | undefined,
  pools: readonly PoolUsage[],
  blocks: readonly BlockUsage[],
): Html {
  const zones = shown?.zones ?? [];
  const tree: Tree = {
    texts,
    pools: new Map(pools.map((pool) => [pool.name, pool])),
    blocks: Map.groupBy(blocks, ({ pool }) => pool),
  };
  const placed = new Set(zones.flatMap(poolsIn));
  const rest = pools.filter(({ name }) => !placed.has(name));
  const bySubnet = Map.groupBy(rest.slice(0, poolsShown), ({ subnet }) => subnet);
  const subnets = [...bySubnet].map(([subnet, own]) => subnetItem(tree, subnet, own));
  const left = rest.length - poolsShown;
  return html`${legend(texts, ['held', 'kept', 'cooling-down', 'unknown', 'free'])}
${zones.length === 0 ? html`<p>${texts.noTopology}</p>` : html`<ul class="tree">${zones.map((zone) => placeItem(tree, zone))}</ul>`}
<ul class="tree">${subnets}</ul>${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}`;
}

function poolsIn({ subnets, children }: PlaceFill): readonly string[] {
  return [...subnets.map(({ pool }) => pool), ...children.flatMap(poolsIn)];
}

function placeItem(tree: Tree, { place, fills, subnets, nodes, children }: PlaceFill): Html {
  const { texts } = tree;
  const title = html`${texts.level[place.level]} <strong>${place.id}</strong>, ${texts.nodeCount(nodes)}`;
  const bars = fills.map(
    (fill) =>
      html`<span class="fill">${texts.family(fill.family)} ${filled(fill)}${stackedBar(texts, fillParts(fill))}</span>`,
  );
  const inner = [
    ...subnets.map(({ prefix, purpose, pool }) => {
      const known = tree.pools.get(pool);
      return subnetItem(tree, purpose === '' ? prefix : `${prefix}, ${purpose}`, known === undefined ? [] : [known]);
    }),
    ...children.map((child) => placeItem(tree, child)),
  ];
  return html`<li><details open><summary>${title}</summary>${bars}<ul>${inner}</ul></details></li>`;
}

function subnetItem(tree: Tree, title: string, pools: readonly PoolUsage[]): Html {
  return html`<li><details open><summary>${tree.texts.subnet} ${title}</summary><ul>${pools.map((pool) => poolItem(tree, pool))}</ul></details></li>`;
}

function poolItem({ texts, blocks }: Tree, pool: PoolUsage): Html {
  const own = blocks.get(pool.name) ?? [];
  const left = own.length - blocksShown;
  const items = own
    .slice(0, blocksShown)
    .map(
      (block) =>
        html`<li>${block.cidr} ${nodeLink(block.node)} ${filled(block)}${stackedBar(texts, usageParts({ ...block, parked: 0 }))}</li>`,
    );
  return html`<li>${poolLink(pool.name)}${marks(texts, pool)} ${filled(pool)}${stackedBar(texts, usageParts(pool))}
${own.length === 0 ? '' : html`<details><summary>${texts.blocks}: ${own.length}</summary><ul>${items}</ul>${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}</details>`}</li>`;
}

function filled({ used, total }: Pick<Fill, 'used' | 'total'>): string {
  return `${countText(used)} / ${countText(total)}`;
}

function fillParts({ total, used, unknown }: Fill): readonly Part[] {
  return [
    { kind: 'held', count: used },
    { kind: 'unknown', count: unknown },
    { kind: 'free', count: total - used - unknown },
  ];
}
