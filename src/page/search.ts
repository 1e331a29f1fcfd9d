import { type Address, formatAddress, parseAddress } from '../ip/address.ts';
import { readable } from '../ip/readable.ts';
import type { Allocation, ListPlace } from '../ipam/allocation.ts';
import { listPlaceOf } from '../ipam/allocation.ts';
import type { ClusterAdministration } from '../ipam/cluster-port.ts';
import { type Html, html } from './html.ts';
import { searchForm } from './layout.ts';
import { pathTo, type Route, type View } from './page.ts';
import { holdersTable, nodeLink, poolLink } from './parts.ts';
import type { Texts } from './texts-en.ts';

/** Results of each kind. */
const shownOfKind = 20;
/** Pods are found by a part of their name among so many allocations, in parts: whoever has a million writes NAMESPACE/POD. */
const lookedThrough = 5_000;
const part = 1_000;

export const search: Route = {
  method: 'GET',
  pattern: '/search',
  calls: ['/ipam.IPAM/ListPools', '/ipam.IPAM/ListAllocations', '/ipam.IPAM/GetPoolStats'],
  show: async ({ texts, query }, { administration: { cluster } }): Promise<View> => {
    const text = (query.get('q') ?? '').trim();
    const there = directly(text);
    if (there !== undefined) return { goTo: there };
    if (text === '') return { title: texts.search, main: html`<p>${texts.emptySearch}</p>${searchForm(texts, '')}` };
    return found(texts, cluster, text);
  },
};

/** What is meant can be seen from how it is written. */
export function directly(text: string): string | undefined {
  const address = readable<Address>(text, parseAddress);
  if (address !== undefined) return pathTo('addresses', formatAddress(address));
  const [kind = '', name = '', ...more] = text.split('/');
  if (kind === '' || name === '' || more.length > 0 || readable(kind, parseAddress) !== undefined) return undefined;
  if (kind === 'pool' || kind === 'spiderippool') return pathTo('pools', name);
  if (kind === 'node') return pathTo('nodes', name);
  return pathTo('pods', kind, name);
}

async function found(texts: Texts, cluster: ClusterAdministration, text: string): Promise<View> {
  const [pools, nodes, blocks, pods] = await Promise.all([
    cluster.pools(),
    cluster.nodes(),
    cluster.blocks(),
    allocationsOf(cluster, text),
  ]);
  const wanted = text.toLowerCase();
  const has = (name: string) => name.toLowerCase().includes(wanted);
  const ofPools = pools.value.filter(({ name, subnet }) => has(name) || subnet === text).map(({ name }) => name);
  const ofNodes = nodes.filter(has);
  const ofBlocks = blocks.value.filter(({ cidr }) => cidr === text);
  const hits = ofPools.length + ofNodes.length + ofBlocks.length + pods.allocations.length;
  return {
    title: texts.resultsFor(text),
    status: hits === 0 ? 404 : 200,
    main: html`${hits === 0 ? html`<p>${texts.nothingOf(text)}</p>` : ''}
${list(texts, texts.pools, ofPools.map(poolLink))}${list(texts, texts.nodes, ofNodes.map(nodeLink))}
${list(
  texts,
  texts.blocks,
  ofBlocks.map(({ cidr, pool, node }) => html`${cidr}: ${poolLink(pool)}, ${nodeLink(node)}`),
)}
${pods.allocations.length === 0 ? '' : html`<section><h2>${texts.pod}</h2>${holdersTable(texts, { allocations: pods.allocations, isLast: true, total: pods.allocations.length }, '/search')}</section>`}
${pods.looked < pods.total ? html`<p>${texts.podsSearched(pods.looked, pods.total)}</p>` : ''}`,
  };
}

function list(texts: Texts, title: string, items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined;
  const left = items.length - shownOfKind;
  return html`<section><h2>${title}</h2><ul>${items.slice(0, shownOfKind).map((item) => html`<li>${item}</li>`)}</ul>${left > 0 ? html`<p>${texts.more(left)}</p>` : ''}</section>`;
}

interface Looked {
  readonly allocations: readonly Allocation[];
  readonly looked: number;
  readonly total: number;
}

/** Of Pods whose name or namespace has the text, of containers whose id begins so. */
async function allocationsOf(cluster: ClusterAdministration, text: string): Promise<Looked> {
  const wanted = text.toLowerCase();
  const allocations: Allocation[] = [];
  let after: ListPlace | undefined;
  let looked = 0;
  for (;;) {
    const { value } = await cluster.page({ filter: {}, after, limit: part });
    looked += value.allocations.length;
    allocations.push(...value.allocations.filter((one) => isMeant(one, wanted)));
    const last = value.allocations.at(-1);
    const isEnough = allocations.length >= shownOfKind || looked >= lookedThrough;
    if (value.isLast || isEnough || last === undefined) {
      return {
        allocations: allocations.slice(0, shownOfKind),
        looked: value.isLast ? value.total : looked,
        total: value.total,
      };
    }
    after = listPlaceOf(last);
  }
}

function isMeant({ pod, attachment }: Allocation, wanted: string): boolean {
  if (attachment.containerId.startsWith(wanted)) return true;
  return pod !== undefined && (pod.name.toLowerCase().includes(wanted) || pod.namespace.toLowerCase() === wanted);
}
