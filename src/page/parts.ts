import { formatAddress, parseAddress } from '../ip/address.ts';
import { AddressError } from '../ip/errors.ts';
import { type Allocation, type ListPlace, listPlaceOf } from '../ipam/allocation.ts';
import type { PodRef } from '../ipam/attachment.ts';
import type { Unanswered } from '../ipam/cluster-port.ts';
import type { AllocationPage } from '../ipam/port.ts';
import { IpamError } from '../resources/errors.ts';
import { inScope, scopeOf, withoutScope } from '../resources/scope.ts';
import { timeText } from './figures.ts';
import { type Content, type Html, html } from './html.ts';
import { pathTo } from './page.ts';
import type { Texts } from './texts-en.ts';

/** Rows of one page of a long list. */
export const rowsShown = 100;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  /** Numbers stand one below the other. */
  readonly isNumber?: boolean;
}

/** A table that can be scrolled by the keyboard where it is too wide. Its first column names its rows. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const kind = ({ isNumber }: Column<Row>) => (isNumber ? html` class="number"` : '');
  const head = columns.map((column) => html`<th scope="col"${kind(column)}>${column.title}</th>`);
  const cellsOf = (row: Row) =>
    columns.map((column, index) =>
      index === 0 ? html`<th scope="row">${column.cell(row)}</th>` : html`<td${kind(column)}>${column.cell(row)}</td>`,
    );
  const body = rows.map((row) => html`<tr>${cellsOf(row)}</tr>\n`);
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption class="unseen">${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

/** Names and what they are; those without are left out. */
export function facts(rows: readonly (readonly [name: string, what: Content])[]): Html {
  const told = rows.filter(([, what]) => what !== undefined && what !== '' && what !== false);
  return html`<dl>${told.map(([name, what]) => html`<div><dt>${name}</dt><dd>${what}</dd></div>`)}</dl>`;
}

/** What the daemon itself says, in its own language. */
export function said(text: string): Html {
  return html`<span lang="en">${text}</span>`;
}

/** Which daemons' word is missing. */
export function missing(texts: Texts, unanswered: readonly Unanswered[]): Html | undefined {
  if (unanswered.length === 0) return undefined;
  const lines = unanswered.map(({ node, reason }) => html`<li>${texts.unansweredOf(node, reason)}</li>`);
  return html`<section class="notice"><h2>${texts.unanswered}</h2><ul>${lines}</ul></section>`;
}

export const addressLink = (address: string): Html => html`<a href="${pathTo('addresses', address)}">${address}</a>`;
export const poolLink = (name: string): Html => html`<a href="${pathTo('pools', name)}">${name}</a>`;
export const nodeLink = (name: string): Html => html`<a href="${pathTo('nodes', name)}">${name}</a>`;

/** @param pod undefined: nobody said for which Pod it is */
export function podLink(texts: Texts, pod: PodRef | undefined): Html {
  if (pod === undefined || pod.name === '') return html`<span class="faint">${texts.noPod}</span>`;
  const { namespace, name } = pod;
  if (namespace === '') return html`${name}`;
  return html`<a href="${pathTo('pods', namespace, name)}">${namespace}/${name}</a>`;
}

export function time(ms: number): Html {
  return html`<time datetime="${new Date(ms).toISOString()}">${timeText(ms)}</time>`;
}

/** Who has addresses, a page of a list of any length. @param here path of the page that shows it */
export function holdersTable(texts: Texts, { allocations, isLast, total }: AllocationPage, here: string): Html {
  const columns: readonly Column<Allocation>[] = [
    { title: texts.address, cell: ({ addresses }) => joined(addresses.map(({ address }) => addressLink(address))) },
    { title: texts.pod, cell: ({ pod }) => podLink(texts, pod) },
    { title: texts.node, cell: ({ node }) => nodeLink(node) },
    { title: texts.pool, cell: ({ addresses }) => joined(poolsOf(addresses).map(poolLink)) },
    { title: texts.interface, cell: ({ attachment }) => attachment.ifname },
    { title: texts.since, cell: ({ createdAt }) => time(createdAt) },
  ];
  if (allocations.length === 0) return html`<p>${texts.nobody}</p>`;
  const last = allocations.at(-1);
  const next =
    isLast || last === undefined ? undefined : `${here}?after=${encodeURIComponent(tokenOf(listPlaceOf(last)))}`;
  return html`${table(texts.holders, columns, allocations)}
<p>${texts.pageOf(allocations.length, total)}${next === undefined ? '' : html` · <a href="${here}">${texts.first}</a> · <a href="${next}" rel="next">${texts.next}</a>`}</p>`;
}

function poolsOf(addresses: Allocation['addresses']): readonly string[] {
  return [...new Set(addresses.map(({ pool }) => pool))];
}

export function joined(parts: readonly Html[]): Content {
  return parts.map((part, index) => (index === 0 ? part : html`, ${part}`));
}

/** Where a page of a list goes on: a place in the order of addresses. */
function tokenOf({ first, scope }: ListPlace): string {
  return inScope(formatAddress(first), scope);
}

/** @throws IpamError invalid-argument */
export function placeAfter(query: URLSearchParams): ListPlace | undefined {
  const token = query.get('after');
  if (token === null) return undefined;
  return { first: addressOf(withoutScope(token)), scope: scopeOf(token) };
}

/** @throws IpamError invalid-argument */
export function addressOf(text: string) {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new IpamError('invalid-argument', error.message);
  }
}
