import type { PoolExplanation, PoolShare } from '../ipam/explain/explanation.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { BlockUsage } from '../ipam/port.ts';
import { legend, stackedBar } from './bar.ts';
import { countText, outlookText, percentText } from './figures.ts';
import { type Html, html } from './html.ts';
import { marks } from './overview.ts';
import { pathTo, type Route } from './page.ts';
import { type Column, facts, holdersTable, missing, nodeLink, placeAfter, rowsShown, said, table } from './parts.ts';
import type { Texts } from './texts-en.ts';

export const poolPage: Route = {
  method: 'GET',
  pattern: '/pools/:name',
  calls: ['/ipam.IPAM/Explain', '/ipam.IPAM/GetForecast', '/ipam.IPAM/ListAllocations'],
  show: async ({ texts, places: [name = ''], query }, { administration: { cluster } }) => {
    // First: of a pool that is not there nothing else is asked.
    const explained = await cluster.explain({ kind: 'pool', name });
    const [forecasts, holders] = await Promise.all([
      cluster.forecast({ kind: 'pool', name }),
      cluster.page({ filter: { pool: name }, after: placeAfter(query), limit: rowsShown }),
    ]);
    const { pool } = explained.value;
    const here = pathTo('pools', name);
    return {
      title: `${texts.pool} ${name}`,
      isLive: true,
      main: html`${missing(texts, holders.unanswered)}${pool && poolOf(texts, pool, forecasts.value)}
<section><h2>${texts.holders}</h2>${holdersTable(texts, holders.value, here)}</section>`,
    };
  },
};

/** How a pool's addresses are shared out, when it runs out, and which nodes have its blocks. */
export function poolOf(texts: Texts, pool: PoolExplanation, forecasts: readonly Forecast[]): Html {
  const { usage, message, shares, conditions, blocks } = pool;
  return html`<p>${said(message)}${marks(texts, usage)}</p>
${facts([
  [texts.subnet, html`${usage.subnet} (${texts.family(usage.family)})`],
  [texts.use, `${percentText(usage.used, usage.total)}: ${countText(usage.used)} / ${countText(usage.total)}`],
  [texts.conditions, conditions.length === 0 ? texts.whoeverAsks : said(conditions.join('; '))],
])}
<p><a href="${pathTo('pools', usage.name, 'map')}">${texts.map}</a></p>
<section><h2>${texts.shares}</h2>${stackedBar(texts, shares)}
${legend(
  texts,
  shares.map(({ kind }) => kind),
)}
${table(texts.shares, shareColumns(texts), shares)}</section>
${forecastSection(texts, forecasts)}
<section><h2>${texts.blocks}</h2>${blocksTable(texts, blocks)}</section>`;
}

function shareColumns(texts: Texts): readonly Column<PoolShare>[] {
  return [
    { title: texts.what, cell: ({ kind }) => texts.kind[kind] },
    { title: texts.count, cell: ({ count }) => countText(count), isNumber: true },
    { title: texts.why, cell: ({ detail }) => said(detail) },
  ];
}

export function forecastSection(texts: Texts, forecasts: readonly Forecast[]): Html | undefined {
  if (forecasts.length === 0) return undefined;
  const lines = forecasts.flatMap(({ family, outlooks }) =>
    outlooks.map(({ window, outlook }) => [family, texts.pace[window], outlookText(texts, outlook)] as const),
  );
  return html`<section><h2>${texts.forecast}</h2>${facts(
    lines.map(([family, pace, text]) => [`${pace} (${texts.family(family)})`, text]),
  )}</section>`;
}

/** Fullest first: that is what is looked for among many. */
export function blocksTable(texts: Texts, blocks: readonly BlockUsage[]): Html {
  if (blocks.length === 0) return html`<p>${texts.noBlocks}</p>`;
  const columns: readonly Column<BlockUsage>[] = [
    { title: texts.block, cell: ({ cidr }) => cidr },
    { title: texts.node, cell: ({ node }) => nodeLink(node) },
    { title: texts.use, cell: (block) => stackedBar(texts, blockParts(block)) },
    { title: texts.used, cell: ({ used }) => countText(used), isNumber: true },
    { title: texts.total, cell: ({ total }) => countText(total), isNumber: true },
  ];
  const rows = [...blocks].sort((a, b) => fullness(b) - fullness(a)).slice(0, rowsShown);
  const left = blocks.length - rows.length;
  return html`${table(texts.blocks, columns, rows)}${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}`;
}

function blockParts({ total, used, unknown, coolingDown }: BlockUsage) {
  const cooling = BigInt(coolingDown);
  return [
    { kind: 'held', count: used },
    { kind: 'cooling-down', count: cooling },
    { kind: 'unknown', count: unknown },
    { kind: 'free', count: total - used - unknown - cooling },
  ] as const;
}

function fullness({ used, unknown, total }: BlockUsage): number {
  return total === 0n ? 0 : Number(((used + unknown) * 1_000n) / total);
}
