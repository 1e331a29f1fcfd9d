import { type Address, parseAddress } from '../../../ip/address.ts';
import { prefixContains } from '../../../ip/prefix.ts';
import type { Allocation } from '../../../ipam/allocation.ts';
import type { ClusterAdministration, Told, Unanswered } from '../../../ipam/cluster-port.ts';
import type { AddressExplanation, ExplainSubject, Explanation } from '../../../ipam/explain/explanation.ts';
import { isIpamError } from '../../../resources/errors.ts';
import { poolExplanation } from '../explain.ts';
import { askEach } from './ask.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { findAddress } from './find-address.ts';
import type { StandIns } from './stand-ins.ts';

interface Parts extends ClusterParts {
  readonly standIns: StandIns;
  readonly others: () => Promise<ReadonlySet<string>>;
  readonly cluster: Pick<ClusterAdministration, 'pools' | 'blocks'>;
}

/** The same of all daemons: each says what it alone knows. @throws IpamError not-found (no such pool), store-unavailable */
export async function explainEverywhere(subject: ExplainSubject, parts: Parts): Promise<Told<Explanation>> {
  switch (subject.kind) {
    case 'address':
      return explainedAddress(subject.address, parts);
    case 'pod':
      return explainedPod(subject, parts);
    case 'pool': {
      const [pools, blocks] = await Promise.all([parts.cluster.pools(), parts.cluster.blocks()]);
      const pool = poolExplanation(subject.name, pools.value, blocks.value, { ...parts, forecasts: parts.local });
      const keepers = new Set(pool.blocks.map(({ daemon }) => daemon));
      const unanswered = blocks.unanswered.filter(({ node }) => keepers.has(node));
      return { value: { addresses: [], tries: [], prospects: [], pool }, unanswered };
    }
  }
}

/** By the word of the daemon whose record stands behind it, which knows best what it waits for. */
async function explainedAddress(address: Address, parts: Parts): Promise<Told<Explanation>> {
  const { local, peers } = parts;
  const own = await local.explain({ kind: 'address', address });
  const keeper = await keeperOf(address, own, parts);
  if (keeper === undefined) return { value: own, unanswered: [] };
  try {
    return { value: await peers.explain(keeper, { kind: 'address', address }), unanswered: [] };
  } catch (error) {
    if (!isIpamError(error)) throw error;
    // It may be of an earlier version, or silent: what a look-up finds is known, and the look-up says what is missing.
    const { value, unanswered } = await findAddress(address, parts);
    const [known] = own.addresses;
    const found =
      known === undefined
        ? []
        : [{ ...known, ...(value.state && { state: value.state }), ...holderIn(value.allocations) }];
    return { value: { ...own, addresses: found }, unanswered };
  }
}

function holderIn([holder]: readonly Allocation[]): Partial<AddressExplanation> {
  return holder === undefined ? {} : { holder };
}

/** Whose daemon to ask; undefined: this one knows as much. */
async function keeperOf(
  address: Address,
  { addresses: [own] }: Explanation,
  parts: Parts,
): Promise<string | undefined> {
  const { node, blocks, shared } = parts;
  if (own === undefined || own.holder !== undefined) return undefined;
  if (own.state.state === 'held') {
    const [claim] = await shared.everybodys.ofAddress(address);
    return claim === undefined || claim.spec.daemon === node ? undefined : claim.spec.daemon;
  }
  const leased = blocks.all().find(({ prefix }) => prefixContains(prefix, address));
  const daemon = leased?.resource.spec.daemon;
  return daemon === node ? undefined : daemon;
}

async function explainedPod(
  subject: Extract<ExplainSubject, { kind: 'pod' }>,
  parts: Parts,
): Promise<Told<Explanation>> {
  const { local, peers, standIns } = parts;
  const own = await local.explain(subject);
  const { answers, unanswered } = await askEach(await parts.others(), (node) => peers.explain(node, subject));
  const all = [own, ...answers.values()];
  const addresses = all.flatMap((one) => one.addresses);
  addresses.push(...(await ofSilent(subject, unanswered, parts)));
  const known = new Map(addresses.map((one) => [one.address, one]));
  return {
    value: {
      addresses: [...known.values()],
      tries: all.flatMap(({ tries }) => tries),
      prospects: all.flatMap(({ prospects }) => prospects),
      pool: undefined,
    },
    // Whoever keeps nothing that this daemon does not see may still have refused it something.
    unanswered: known.size > 0 ? unanswered.filter(({ node }) => standIns.blocksOf(node).length > 0) : unanswered,
  };
}

/** What claims and the API server tell of daemons that did not answer. */
async function ofSilent(
  { namespace, name }: Extract<ExplainSubject, { kind: 'pod' }>,
  unanswered: readonly Unanswered[],
  { local, standIns }: Parts,
): Promise<readonly AddressExplanation[]> {
  if (unanswered.length === 0) return [];
  const claims = await standIns.claims();
  const found: AddressExplanation[] = [];
  for (const { node } of unanswered) {
    for (const holder of await standIns.allocationsOf(node, claims.get(node))) {
      if (holder.pod?.namespace !== namespace || holder.pod.name !== name) continue;
      for (const { address } of holder.addresses) {
        const { addresses } = await local.explain({ kind: 'address', address: parseAddress(address) });
        found.push(...addresses.map((one) => ({ ...one, holder })));
      }
    }
  }
  return found;
}
