import { IpamError } from '../resources/errors.ts';
import { html } from './html.ts';
import { pathTo, type Route } from './page.ts';
import { holdersTable, missing, placeAfter, rowsShown } from './parts.ts';
import { blocksTable, forecastSection } from './pool.ts';

export const nodePage: Route = {
  method: 'GET',
  pattern: '/nodes/:name',
  calls: ['/ipam.IPAM/GetNodeBlocks', '/ipam.IPAM/GetForecast', '/ipam.IPAM/ListAllocations'],
  show: async ({ texts, places: [name = ''], query }, { administration: { cluster } }) => {
    if (!(await cluster.nodes()).includes(name)) throw new IpamError('not-found', `no node is known as "${name}"`);
    const [blocks, forecasts, holders] = await Promise.all([
      cluster.blocks(name),
      cluster.forecast({ kind: 'node', name }),
      cluster.page({ filter: { node: name }, after: placeAfter(query), limit: rowsShown }),
    ]);
    return {
      title: `${texts.node} ${name}`,
      isLive: true,
      main: html`${missing(texts, holders.unanswered)}<section><h2>${texts.blocks}</h2>${blocksTable(texts, blocks.value)}</section>
${forecastSection(texts, forecasts.value)}<section><h2>${texts.addresses}</h2>${holdersTable(texts, holders.value, pathTo('nodes', name))}</section>`,
    };
  },
};
