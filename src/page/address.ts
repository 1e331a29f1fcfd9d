import { formatAddress } from '../ip/address.ts';
import type { AddressExplanation } from '../ipam/explain/explanation.ts';
import { type Html, html } from './html.ts';
import { pathTo, type Route } from './page.ts';
import { addressOf, facts, missing, nodeLink, podLink, poolLink, said, time } from './parts.ts';
import { pastSection } from './past.ts';
import type { Texts } from './texts-en.ts';
import type { Visitor } from './visitor.ts';

export const quarantineCall = '/ipam.IPAM/QuarantineIP';
export const liftCall = '/ipam.IPAM/LiftQuarantine';

export const addressPage: Route = {
  method: 'GET',
  pattern: '/addresses/:address',
  calls: ['/ipam.IPAM/Explain', '/ipam.IPAM/GetHistory'],
  show: async ({ texts, places: [text = ''], visitor }, { administration: { cluster } }) => {
    const address = addressOf(text);
    const canonical = formatAddress(address);
    const [explained, past] = await Promise.all([
      cluster.explain({ kind: 'address', address }),
      cluster.history({ subject: { kind: 'address', address: canonical }, limit: 100 }),
    ]);
    return {
      title: `${texts.address} ${canonical}`,
      isLive: true,
      main: html`${missing(texts, explained.unanswered)}${explained.value.addresses.map((one) => addressState(texts, one))}
${explained.value.addresses.map((one) => actions(texts, visitor, one))}${pastSection(texts, past.value)}`,
    };
  },
};

/** Who has an address, why, since when, and what makes it free. */
export function addressState(texts: Texts, { address, state, holder, since, rule, freed }: AddressExplanation): Html {
  const kind = texts.state[state.state];
  const container = holder?.attachment;
  return html`<section><h2>${address}: <span class="state s-${state.state}">${kind}</span></h2><p>${said(state.message)}</p>
${facts([
  [texts.heldBy, holder && podLink(texts, holder.pod)],
  [texts.container, container?.containerId],
  [texts.interface, container?.ifname],
  [texts.node, holder && nodeLink(holder.node)],
  [texts.pool, state.pool && poolLink(state.pool)],
  [texts.block, state.block],
  [texts.since, since === undefined ? undefined : time(since)],
  [texts.until, state.until === undefined ? undefined : time(state.until)],
  [texts.rule, rule && said(rule)],
  [texts.comesFree, freed && said(freed)],
])}</section>`;
}

function actions(texts: Texts, { may }: Visitor, { address, state }: AddressExplanation): Html | undefined {
  const isWithheld = state.state === 'quarantined';
  if (!may(isWithheld ? liftCall : quarantineCall) || state.state === 'outside') return undefined;
  return isWithheld
    ? html`<p><a class="button" href="${pathTo('addresses', address, 'lift')}">${texts.lift}</a></p>`
    : html`<p><a class="button" href="${pathTo('addresses', address, 'quarantine')}">${texts.quarantine}</a></p>`;
}
