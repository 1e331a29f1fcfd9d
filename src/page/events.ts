import { html } from './html.ts';
import type { Route } from './page.ts';
import { table } from './parts.ts';

/** A table to which the page's script adds what happens. */
export const eventsPage: Route = {
  method: 'GET',
  pattern: '/events',
  calls: ['/ipam.IPAM/WatchAllocations', '/ipam.IPAM/Explain'],
  show: async ({ texts }) => {
    const titles = [texts.when, texts.event, texts.addresses, texts.pod, texts.node, texts.pool, texts.detail];
    const columns = titles.map((title) => ({ title, cell: () => '' }));
    return {
      title: texts.events,
      isLive: true,
      main: html`<p>${texts.eventsHint}</p><noscript><p>${texts.noScript}</p></noscript>
<div data-events data-allocated="${texts.allocated}" data-released="${texts.released}">${table(texts.events, columns, [])}</div>`,
    };
  },
};
