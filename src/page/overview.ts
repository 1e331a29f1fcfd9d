import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { PoolUsage } from '../ipam/port.ts';
import { legend, stackedBar, usageParts } from './bar.ts';
import { countText, outlookText, percentText, rank, soonest } from './figures.ts';
import { type Html, html } from './html.ts';
import type { Asked, Route, Shown, View } from './page.ts';
import { type Column, missing, poolLink, table } from './parts.ts';
import type { Texts } from './texts-en.ts';

/** Pools of one family on the overview: the rest is found by its name. */
const poolsShown = 200;

export const overview: Route = {
  method: 'GET',
  pattern: '/',
  calls: ['/ipam.IPAM/ListPools', '/ipam.IPAM/GetForecast'],
  show: async ({ texts }: Asked, { administration: { cluster } }: Shown): Promise<View> => {
    const [pools, forecasts] = await Promise.all([cluster.pools(), cluster.forecast()]);
    return {
      title: texts.overview,
      isLive: true,
      main: html`${missing(texts, pools.unanswered)}${overviewOf(texts, pools.value, forecasts.value)}`,
    };
  },
};

/** Families stand apart: a single IPv6 block has so many addresses that IPv4's end would not show in any sum. */
export function overviewOf(texts: Texts, pools: readonly PoolUsage[], forecasts: readonly Forecast[]): Html {
  if (pools.length === 0) return html`<p>${texts.noPools}</p>`;
  const sections = ([4, 6] as const).map((family) => {
    const own = pools.filter((pool) => pool.family === family);
    return own.length === 0 ? undefined : familySection(texts, family, own, forecasts);
  });
  return html`${legend(texts, ['held', 'kept', 'cooling-down', 'unknown', 'free'])}${sections}`;
}

interface Row {
  readonly pool: PoolUsage;
  readonly forecast: Forecast | undefined;
}

function familySection(texts: Texts, family: 4 | 6, pools: readonly PoolUsage[], forecasts: readonly Forecast[]): Html {
  const ofPool = new Map(
    forecasts.filter((one) => one.kind === 'pool' && one.family === family).map((one) => [one.name, one]),
  );
  const rows = pools
    .map((pool): Row => ({ pool, forecast: ofPool.get(pool.name) }))
    .sort((a, b) => urgency(a) - urgency(b) || shareOf(b.pool) - shareOf(a.pool) || byName(a.pool, b.pool));
  const sum = sumOf(pools);
  const title = texts.family(family);
  const left = rows.length - poolsShown;
  return html`<section aria-labelledby="v${family}"><h2 id="v${family}">${title}</h2>
<p class="sum"><strong>${percentText(sum.used, sum.total)}</strong> ${countText(sum.used)} / ${countText(sum.total)}</p>
${stackedBar(texts, usageParts(sum))}
${table(`${texts.pools}, ${title}`, columns(texts), rows.slice(0, poolsShown))}
${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}</section>`;
}

function columns(texts: Texts): readonly Column<Row>[] {
  return [
    { title: texts.pool, cell: ({ pool }) => html`${poolLink(pool.name)}${marks(texts, pool)}` },
    { title: texts.subnet, cell: ({ pool }) => pool.subnet },
    { title: texts.use, cell: ({ pool }) => stackedBar(texts, usageParts(pool)) },
    { title: '%', cell: ({ pool }) => percentText(pool.used, pool.total), isNumber: true },
    { title: texts.used, cell: ({ pool }) => countText(pool.used), isNumber: true },
    { title: texts.total, cell: ({ pool }) => countText(pool.total), isNumber: true },
    { title: texts.runsOut, cell: ({ forecast }) => runsOut(texts, forecast) },
  ];
}

function runsOut(texts: Texts, forecast: Forecast | undefined): string {
  const outlook = forecast && soonest(forecast);
  return outlook === undefined ? '–' : outlookText(texts, outlook);
}

export function marks(texts: Texts, { isDefault, disabled, isTerminating }: PoolUsage): Html {
  const words = [
    isDefault ? texts.isDefault : undefined,
    disabled ? texts.disabled : undefined,
    isTerminating ? texts.terminating : undefined,
  ];
  return html`${words.map((word) => word !== undefined && html` <span class="mark">${word}</span>`)}`;
}

function urgency({ forecast }: Row): number {
  return rank(forecast && soonest(forecast));
}

function shareOf({ used, total }: PoolUsage): number {
  return total === 0n ? 0 : Number((used * 1_000n) / total);
}

function byName(a: PoolUsage, b: PoolUsage): number {
  return a.name < b.name ? -1 : 1;
}

function sumOf(pools: readonly PoolUsage[]) {
  const big = (count: (pool: PoolUsage) => bigint) => pools.reduce((sum, pool) => sum + count(pool), 0n);
  const small = (count: (pool: PoolUsage) => number) => pools.reduce((sum, pool) => sum + count(pool), 0);
  return {
    total: big(({ total }) => total),
    used: big(({ used }) => used),
    unknown: big(({ unknown }) => unknown),
    parked: small(({ parked }) => parked),
    coolingDown: small(({ coolingDown }) => coolingDown),
  };
}
