import type { HistoryEntry } from '../ipam/history/entry.ts';
import { latestOf } from '../ipam/history/latest.ts';
import type { NodeHistory } from '../ipam/history/reading.ts';
import type { Tenure } from '../ipam/history/tenures.ts';
import { type Html, html } from './html.ts';
import { addressLink, type Column, joined, nodeLink, podLink, said, table, time } from './parts.ts';
import type { Texts } from './texts-en.ts';

/** Rows of each table of the past. */
const limit = 50;

/** Who had something, and what happened, the latest first. */
export function pastSection(texts: Texts, records: readonly NodeHistory[]): Html {
  const latest = latestOf(records, limit);
  const tenures = latest.flatMap((record) => record.tenures).sort((a, b) => b.from.latest - a.from.latest);
  const entries = latest
    .flatMap((record) => record.entries.map((entry) => ({ ...entry, recorder: record.node })))
    .sort((a, b) => b.at - a.at);
  const gaps = latest.flatMap(({ node, gaps: own }) => own.map(({ reason }) => `${node}: ${reason}`));
  if (tenures.length + entries.length === 0)
    return html`<section><h2>${texts.history}</h2><p>${texts.noHistory}</p></section>`;
  const left = latest.reduce((sum, { leftOut, tenuresLeftOut }) => sum + leftOut + tenuresLeftOut, 0);
  return html`<section><h2>${texts.history}</h2>
${tenures.length === 0 ? '' : table(texts.heldBy, tenureColumns(texts), tenures)}
${entries.length === 0 ? '' : table(texts.history, entryColumns(texts), entries)}
${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}${gaps.map((gap) => html`<p class="faint">${said(gap)}</p>`)}</section>`;
}

function tenureColumns(texts: Texts): readonly Column<Tenure>[] {
  return [
    { title: texts.address, cell: ({ address }) => addressLink(address) },
    {
      title: texts.heldBy,
      cell: ({ pod, attachment }) => (pod === undefined ? attachment.containerId : podLink(texts, pod)),
    },
    { title: texts.node, cell: ({ node }) => nodeLink(node) },
    { title: texts.since, cell: ({ from }) => (from.earliest === 0 ? '–' : time(from.earliest)) },
    { title: texts.until, cell: ({ until }) => (until === undefined ? texts.still : time(until.latest)) },
    {
      title: texts.detail,
      cell: ({ reason, detail }) => said([reason, detail].filter((text) => text !== '').join(': ')),
    },
  ];
}

function entryColumns(texts: Texts): readonly Column<HistoryEntry & { readonly recorder: string }>[] {
  return [
    { title: texts.when, cell: ({ at }) => time(at) },
    { title: texts.event, cell: ({ what }) => said(what) },
    { title: texts.addresses, cell: ({ addresses }) => joined(addresses.map(({ address }) => addressLink(address))) },
    { title: texts.pod, cell: ({ pod }) => podLink(texts, pod) },
    { title: texts.node, cell: ({ node, recorder }) => nodeLink(node === '' ? recorder : node) },
    {
      title: texts.detail,
      cell: ({ reason = '', detail = '' }) => said([reason, detail].filter((text) => text !== '').join(': ')),
    },
  ];
}
