import type { ConsideredPool, Prospect, RefusedTry } from '../ipam/explain/explanation.ts';
import { addressState } from './address.ts';
import { type Html, html } from './html.ts';
import type { Route } from './page.ts';
import { missing, poolLink, said, time } from './parts.ts';
import { pastSection } from './past.ts';
import type { Texts } from './texts-en.ts';

export const podPage: Route = {
  method: 'GET',
  pattern: '/pods/:namespace/:name',
  calls: ['/ipam.IPAM/Explain', '/ipam.IPAM/GetHistory'],
  show: async ({ texts, places: [namespace = '', name = ''] }, { administration: { cluster } }) => {
    const subject = { kind: 'pod', namespace, name } as const;
    const [{ value, unanswered }, past] = await Promise.all([
      cluster.explain(subject),
      cluster.history({ subject, limit: 100 }),
    ]);
    const { addresses, tries, prospects } = value;
    const isKnown = addresses.length + tries.length + prospects.length > 0;
    return {
      title: `${texts.pod} ${namespace}/${name}`,
      isLive: true,
      status: isKnown || past.value.some(({ entries }) => entries.length > 0) ? 200 : 404,
      main: html`${missing(texts, unanswered)}${isKnown ? '' : html`<p>${texts.nothingOf(`${namespace}/${name}`)}</p>`}
${addresses.map((one) => addressState(texts, one))}${triesSection(texts, tries)}${prospectsSection(texts, prospects)}${pastSection(texts, past.value)}`,
    };
  },
};

/** What a Pod waits for. */
export function triesSection(texts: Texts, tries: readonly RefusedTry[]): Html | undefined {
  if (tries.length === 0) return undefined;
  const items = tries.map(
    ({ ifname, network, node, at, tries: count, message, advice, pools }) =>
      html`<li><p>${texts.tryOf(ifname, network, node)}, ${time(at)}, ${texts.tryCount(count)}: ${said(message)}</p>${advice === '' ? '' : html`<p>${texts.advice}: ${said(advice)}</p>`}${poolsOf(texts, pools)}</li>`,
  );
  return html`<section><h2>${texts.tries}</h2><ul>${items}</ul></section>`;
}

function prospectsSection(texts: Texts, prospects: readonly Prospect[]): Html | undefined {
  if (prospects.length === 0) return undefined;
  const items = prospects.map(
    ({ ifname, network, node, refusal, pools }) =>
      html`<li><p>${texts.tryOf(ifname, network, node)}: ${refusal === '' ? texts.wouldGet : texts.wouldNot(refusal)}</p>${poolsOf(texts, pools)}</li>`,
  );
  return html`<section><h2>${texts.prospects}</h2><ul>${items}</ul></section>`;
}

function poolsOf(texts: Texts, pools: readonly ConsideredPool[]): Html | undefined {
  if (pools.length === 0) return undefined;
  const items = pools.map(
    ({ pool, reason }) => html`<li>${poolLink(pool)}: ${reason === '' ? texts.hasAddress : said(reason)}</li>`,
  );
  return html`<ul>${items}</ul>`;
}
