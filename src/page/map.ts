import { parseAddress } from '../ip/address.ts';
import { type Prefix, parsePrefix } from '../ip/prefix.ts';
import { formatRange, prefixRange, type Range, rangeSize } from '../ip/range.ts';
import { type RangeSet, rangeSet, subtract, union } from '../ip/range-set.ts';
import { type ListPlace, listPlaceOf } from '../ipam/allocation.ts';
import type { ClusterAdministration } from '../ipam/cluster-port.ts';
import { type CellKind, cellKinds, type Grid, gridOf, placeOf } from './cells.ts';
import { countText } from './figures.ts';
import { type Html, html } from './html.ts';
import type { Route } from './page.ts';
import { addressLink, missing, poolLink, table } from './parts.ts';
import { blocksTable } from './pool.ts';
import type { Texts } from './texts-en.ts';

/** Addresses whose holders are told from what else is not free: above that it would be a walk over them all. */
const heldLooked = 4_096n;
const part = 1_000;
/** Rows of the table beside the map. */
const rowsShown = 200;

export const mapPage: Route = {
  method: 'GET',
  pattern: '/pools/:name/map',
  calls: ['/ipam.IPAM/ListFree', '/ipam.IPAM/Explain', '/ipam.IPAM/ListAllocations'],
  show: async ({ texts, places: [name = ''] }, { administration: { cluster } }) => {
    const { value } = await cluster.explain({ kind: 'pool', name });
    const { usage, blocks } = value.pool ?? {};
    const title = texts.mapOf(name);
    // Of IPv6 a block alone has more addresses than any map has cells.
    if (usage === undefined || usage.family === 6)
      return { title, isLive: true, main: html`<p>${poolLink(name)}</p>${blocksTable(texts, blocks ?? [])}` };
    const subnet = parsePrefix(usage.subnet);
    const free = await cluster.free(name, 0);
    const held = usage.used <= heldLooked ? await heldOf(cluster, name) : undefined;
    const open = rangeSet(free.value.parts.flatMap(({ ranges }) => ranges.ranges));
    return {
      title,
      isLive: true,
      main: html`${missing(texts, free.unanswered)}<p>${poolLink(name)}, ${usage.subnet}</p>${mapOf(texts, subnet, held, open)}`,
    };
  },
};

/** What containers hold, a page of the list at a time. */
async function heldOf(cluster: Pick<ClusterAdministration, 'page'>, pool: string): Promise<RangeSet> {
  const ranges: Range[] = [];
  let after: ListPlace | undefined;
  for (;;) {
    const { value } = await cluster.page({ filter: { pool }, after, limit: part });
    for (const { addresses } of value.allocations) {
      for (const one of addresses) {
        if (one.pool !== pool) continue;
        const address = parseAddress(one.address);
        ranges.push({ first: address, last: address });
      }
    }
    const last = value.allocations.at(-1);
    if (value.isLast || last === undefined) return rangeSet(ranges);
    after = listPlaceOf(last);
  }
}

/** @param held undefined: what is not free is not told apart */
export function mapOf(texts: Texts, subnet: Prefix, held: RangeSet | undefined, free: RangeSet): Html {
  const grid = gridOf(subnet);
  const all = rangeSet([prefixRange(subnet)]);
  const taken = held ?? subtract(all, free);
  const kinds = cellKinds(subnet, grid, taken, free);
  const shown = kindsShown.filter((kind) => kinds.includes(kind));
  const size = grid.size === 1n ? texts.mapAddress : texts.mapCell(countText(grid.size));
  const rows = rowsOf(taken, free, all);
  return html`<p>${size}${grid.isHilbert ? html` ${texts.mapHilbert}` : ''}</p>
<ul class="legend">${shown.map((kind) => html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="c-${kind}" width="10" height="10"/></svg>${texts.cell[kind]}</li>`)}</ul>
<div class="beside">${drawing(texts, grid, kinds)}<section><h2>${texts.mapTable}</h2>
${table(texts.mapTable, columns(texts), rows.slice(0, rowsShown))}${rows.length > rowsShown ? html`<p>${texts.more(rows.length - rowsShown)}</p>` : ''}</section></div>`;
}

const kindsShown: readonly CellKind[] = ['held', 'mixed', 'other', 'free'];

/** A path for each kind, cells that follow one another in a row as one piece: sixteen thousand cells are drawn as four shapes. */
function drawing(texts: Texts, grid: Grid, kinds: readonly CellKind[]): Html {
  const { columns, rows } = grid;
  const placed = new Array<CellKind>(columns * rows);
  for (const [index, kind] of kinds.entries()) {
    const [x, y] = placeOf(grid, index);
    placed[y * columns + x] = kind;
  }
  const paths = new Map<CellKind, string>();
  for (let at = 0; at < placed.length; ) {
    const kind = placed[at] ?? 'other';
    let end = at + 1;
    while (end % columns !== 0 && placed[end] === kind) end += 1;
    const [x, y] = [at % columns, Math.floor(at / columns)];
    paths.set(kind, `${paths.get(kind) ?? ''}M${x} ${y}h${end - at}v1h-${end - at}z`);
    at = end;
  }
  const label = kindsShown
    .map((kind) => [kind, kinds.filter((one) => one === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${texts.cell[kind]} ${countText(count)}`)
    .join(', ');
  const shapes = [...paths].map(([kind, path]) => html`<path class="c-${kind}" d="${path}"/>`);
  return html`<svg class="map" viewBox="0 0 ${columns} ${rows}" role="img" aria-label="${label}" shape-rendering="crispEdges">${shapes}</svg>`;
}

interface Row {
  readonly range: Range;
  readonly kind: CellKind;
}

function rowsOf(held: RangeSet, free: RangeSet, all: RangeSet): readonly Row[] {
  const other = subtract(all, union(held, free));
  const rows = [
    ...held.ranges.map((range): Row => ({ range, kind: 'held' })),
    ...free.ranges.map((range): Row => ({ range, kind: 'free' })),
    ...other.ranges.map((range): Row => ({ range, kind: 'other' })),
  ];
  return rows.sort((a, b) => (a.range.first.value < b.range.first.value ? -1 : 1));
}

function columns(texts: Texts) {
  return [
    {
      title: texts.addresses,
      cell: ({ range }: Row) => (rangeSize(range) === 1n ? addressLink(formatRange(range)) : formatRange(range)),
    },
    { title: texts.what, cell: ({ kind }: Row) => texts.cell[kind] },
    { title: texts.count, cell: ({ range }: Row) => countText(rangeSize(range)), isNumber: true },
  ];
}
