import { type Address, formatAddress, parseAddress } from '../../ip/address.ts';
import { prefixContains } from '../../ip/prefix.ts';
import { defaultInterface } from '../../ipam/attachment.ts';
import type { Forecasting } from '../../ipam/cluster-port.ts';
import { explainAddress } from '../../ipam/explain/address.ts';
import type {
  AddressExplanation,
  ExplainSubject,
  Explanation,
  PoolExplanation,
  Prospect,
} from '../../ipam/explain/explanation.ts';
import { explainPool } from '../../ipam/explain/pool.ts';
import { runsOutText } from '../../ipam/forecast/outlook-text.ts';
import type { Administration, BlockUsage, PoolUsage } from '../../ipam/port.ts';
import type { AllocateRequest } from '../../ipam/request.ts';
import { IpamError } from '../../resources/errors.ts';
import type { Pool } from '../../resources/pool.ts';
import type { Catalog } from '../view/catalog.ts';
import type { AdministrationParts } from './administration-parts.ts';
import { coolsDownUntil } from './cools-down.ts';
import { whoHolds } from './who-holds.ts';

/** What may be asked for beside its parts: what the daemon knows by itself. */
type Local = Pick<Administration, 'awaited' | 'pools' | 'blocks' | 'ofPod'>;

const nothing: Explanation = { addresses: [], tries: [], prospects: [], pool: undefined };

/** Why things are as they are, as far as one daemon knows. @throws IpamError not-found (no such pool), store-unavailable */
export async function explainHere(
  subject: ExplainSubject,
  parts: AdministrationParts,
  local: Local,
): Promise<Explanation> {
  switch (subject.kind) {
    case 'address':
      return { ...nothing, addresses: [await addressHere(subject.address, parts, local)] };
    case 'pod':
      return podHere(subject, parts, local);
    case 'pool': {
      const [usages, blocks] = [await local.pools(), await local.blocks()];
      return { ...nothing, pool: poolExplanation(subject.name, usages, blocks, parts) };
    }
  }
}

async function addressHere(address: Address, parts: AdministrationParts, local: Local): Promise<AddressExplanation> {
  const { ipam, catalog, blocks, shared, defaultCooldownMs } = parts;
  const text = formatAddress(address);
  const leased = blocks.all().find(({ prefix }) => prefixContains(prefix, address));
  const [claim] = await shared.everybodys.ofAddress(address);
  return explainAddress({
    address,
    pools: catalog.pools,
    quarantine: catalog.quarantineOf(address),
    reservation: catalog.reservationOf(address),
    planned: catalog.planned,
    heldBack: catalog.withheld,
    ...(await whoHolds(address, { ledger: ipam.ledger, shared })),
    recorded: ipam.ledger.holdersOf(text)[0],
    claim,
    awaited: local.awaited().find(({ subject }) => subject === text),
    block: leased && {
      prefix: leased.prefix,
      node: leased.resource.spec.node,
      pool: leased.resource.spec.pool,
      isOwn: blocks.isOwn(leased),
    },
    coolsDownUntil: coolsDownUntil(address, parts),
    cooldownMs: (pool) => pool?.cooldownMs ?? defaultCooldownMs,
  });
}

/** What it has; and of interfaces that wait, how they were refused, and what would come of asking now. */
async function podHere(
  { namespace, name }: Extract<ExplainSubject, { kind: 'pod' }>,
  parts: AdministrationParts,
  local: Local,
): Promise<Explanation> {
  const { ipam } = parts;
  const allocations = await local.ofPod(namespace, name);
  const addresses: AddressExplanation[] = [];
  for (const { address } of allocations.flatMap((allocation) => allocation.addresses)) {
    addresses.push(await addressHere(parseAddress(address), parts, local));
  }
  const refused = ipam.refused.ofPod(namespace, name);
  const waiting = refused.map(({ request }) => request);
  const isElsewhere = waiting.length + allocations.length > 0 || !ipam.isHere({ namespace, name, uid: '' });
  const asked = isElsewhere ? waiting : [usualRequest(namespace, name)];
  const prospects: Prospect[] = [];
  for (const request of asked) prospects.push(await ipam.prospectOf(request));
  return { ...nothing, addresses, tries: refused.map((one) => one.refused), prospects };
}

/** Of a Pod for which no runtime has asked yet nobody knows the network: most have the default one. */
function usualRequest(namespace: string, name: string): AllocateRequest {
  return {
    attachment: { network: '', containerId: '', ifname: defaultInterface },
    pod: { namespace, name, uid: '' },
    netns: '',
    source: { kind: 'default' },
    families: [],
    requested: [],
  };
}

/** @throws IpamError not-found */
export function poolExplanation(
  name: string,
  usages: readonly PoolUsage[],
  blocks: readonly BlockUsage[],
  { catalog, forecasts }: { readonly catalog: PoolCatalog; readonly forecasts: Forecasting },
): PoolExplanation {
  const pool = poolNamed(name, catalog);
  const usage = usages.find((one) => one.name === name);
  // It was made a moment ago.
  if (usage === undefined) throw notThere(name, catalog);
  const [forecast] = forecasts.forecast({ kind: 'pool', name });
  const explanation = explainPool({
    pool,
    usage,
    blocks: blocks.filter((block) => block.pool === name),
    planned: catalog.planned,
    quarantined: catalog.quarantined,
    heldBack: catalog.withheld,
  });
  return { ...explanation, message: `${explanation.message}${runsOutText(forecast)}` };
}

/** @throws IpamError not-found, with those there are */
export function poolNamed(name: string, catalog: Pick<Catalog, 'pool' | 'pools'>): Pool {
  const pool = catalog.pool(name);
  if (pool === undefined) throw notThere(name, catalog);
  return pool;
}

function notThere(name: string, { pools }: Pick<Catalog, 'pools'>): IpamError {
  const known = pools.map((one) => one.name);
  return new IpamError('not-found', `no pool is named "${name}"`, {
    advice: known.length === 0 ? 'no pool exists; create one with ipam-cli apply -f' : `pools: ${known.join(', ')}`,
  });
}

type PoolCatalog = Pick<Catalog, 'pool' | 'pools' | 'planned' | 'quarantined' | 'withheld'>;
