import { formatAddress } from '../ip/address.ts';
import { liftCall, quarantineCall } from './address.ts';
import { type Html, html } from './html.ts';
import { pathTo, type Route } from './page.ts';
import { addressOf } from './parts.ts';

/** Asked before anything is done; the answer is a form that is sent from this page. */
export const quarantineRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/addresses/:address/quarantine',
    calls: [quarantineCall],
    show: async ({ texts, places: [text = ''] }) => {
      const address = formatAddress(addressOf(text));
      const durations = Object.entries(texts.durations).map(
        ([seconds, name]) => html`<option value="${seconds}">${name}</option>`,
      );
      return {
        title: texts.quarantineOf(address),
        main: html`<p>${texts.quarantineMeans}</p><form method="post">
<label>${texts.quarantineReason}<input name="reason" required maxlength="500"></label>
<label>${texts.quarantineFor}<select name="seconds">${durations}</select></label>
${buttons(texts, address)}</form>`,
      };
    },
  },
  {
    method: 'POST',
    pattern: '/addresses/:address/quarantine',
    calls: [quarantineCall],
    show: async ({ places: [address = ''], form }, { actions }) => {
      await actions.quarantine(address, form.get('reason') ?? '', form.get('seconds') ?? '');
      return { goTo: pathTo('addresses', address) };
    },
  },
  {
    method: 'GET',
    pattern: '/addresses/:address/lift',
    calls: [liftCall],
    show: async ({ texts, places: [text = ''] }) => {
      const address = formatAddress(addressOf(text));
      return {
        title: texts.liftOf(address),
        main: html`<p>${texts.liftMeans}</p><form method="post">${buttons(texts, address)}</form>`,
      };
    },
  },
  {
    method: 'POST',
    pattern: '/addresses/:address/lift',
    calls: [liftCall],
    show: async ({ places: [address = ''] }, { actions }) => {
      await actions.lift(address);
      return { goTo: pathTo('addresses', address) };
    },
  },
];

function buttons(texts: { readonly confirm: string; readonly cancel: string }, address: string): Html {
  return html`<p><button type="submit">${texts.confirm}</button> <a class="button" href="${pathTo('addresses', address)}">${texts.cancel}</a></p>`;
}
