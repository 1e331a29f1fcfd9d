import { familyBits, formatAddress, parseAddress } from '../../src/ip/address.ts';
import { firstAddress, lastAddress, type Prefix, parsePrefix, prefixContains, prefixOf } from '../../src/ip/prefix.ts';
import type { Allocation, HeldAddress } from '../../src/ipam/allocation.ts';
import { type Attachment, attachmentKey } from '../../src/ipam/attachment.ts';
import type { PoolSource } from '../../src/ipam/request.ts';
import { isSelected } from '../../src/resources/label-selector.ts';
import { prefixName } from '../../src/resources/names.ts';
import { parsePool, poolKind } from '../../src/resources/pool.ts';
import { addressKey, scopeId, scopeOf } from '../../src/resources/scope.ts';
import { ownerOfPools } from './automatic.ts';
import { KeptAddresses } from './kept-addresses.ts';
import { followedMs } from './link.ts';
import { machineOf } from './machines.ts';
import { cooldownMs, limitedPool, poolNames, poolResource, roomyPools } from './networks.ts';
import { Past } from './past.ts';
import { largestDrift } from './sim-clock.ts';
import { labelsOf } from './sim-facts.ts';
import type { SimNode } from './sim-node.ts';
import { BrokenPromise, type World } from './world.ts';

/** What a runtime has for one interface. */
export interface Holding {
  readonly node: string;
  readonly attachment: string;
  readonly addresses: readonly string[];
  /** World time. */
  readonly since: number;
  /** CIDRs of leased blocks that its addresses are of. */
  readonly blocks: readonly string[];
  /** The virtual machine whose Pod has it: while that moves, two have it. */
  readonly machine: string | undefined;
  /** Has it addresses of the pool with a quota? */
  readonly isCounted: boolean;
  /** One of its addresses is of no block. */
  readonly isShared: boolean;
}

/** An address that may be in quarantine as far as some daemon knows. */
interface Quarantined {
  /** Since when, world time, and as which node answered; undefined: it may have been lifted, or forgotten by the store. */
  readonly surely: { readonly at: number; readonly node: string } | undefined;
}

const pools = new Map(poolNames.map((name) => [name, parsePool(poolResource(name))]));

/** What runtimes have seen: who is live with which address. Knows nothing of how the daemons work. */
export class Oracle {
  readonly #world: World;
  readonly #live = new Map<string, Holding>();
  readonly #byAddress = new Map<string, Holding>();
  /** When the DEL that ended a holding was sent, world time. */
  readonly #freed = new Map<string, { readonly at: number; readonly node: string }>();

  readonly #quarantined = new Map<string, Quarantined>();

  /** For whom addresses stay. */
  readonly kept: KeptAddresses;
  /** Who had them. */
  readonly past: Past;

  constructor(world: World) {
    this.#world = world;
    this.kept = new KeptAddresses(world);
    this.past = new Past(world);
  }

  get live(): number {
    return this.#live.size;
  }

  /** In whichever scope. */
  isLive(address: string): boolean {
    return this.#byAddress.has(address) || [...this.#byAddress.keys()].some((key) => plain(key) === address);
  }

  holdings(): readonly Holding[] {
    return [...this.#live.values()];
  }

  /** A runtime was told: this interface has these addresses. */
  told(node: SimNode, allocation: Allocation, source: PoolSource): void {
    const attachment = attachmentKey(allocation.attachment);
    const addresses = allocation.addresses.map(addressKey);
    const before = this.#live.get(keyOf(node.name, attachment));
    if (before !== undefined) {
      const same =
        before.addresses.length === addresses.length && before.addresses.every((one) => addresses.includes(one));
      // An address that its node takes to be in quarantine is changed for another by the next ADD that it hears.
      const isMoved = !same && this.#mayBeChanged(before);
      if (!same && !isMoved)
        this.#break(2, `${attachment} had ${before.addresses} and was given ${addresses}`, [attachment]);
      if (!isMoved) {
        this.past.kept(node.name, allocation.attachment);
        return;
      }
      this.ended(node.name, allocation.attachment);
    }
    for (const held of allocation.addresses) {
      this.#checkUnique(node.name, attachment, held, machineOf(allocation.pod?.name));
      this.#checkPlace(held, attachment);
      this.#checkRanges(source, held, attachment);
      this.#checkCooldown(node, held, attachment);
      this.#checkAffinity(held, allocation);
      this.#checkOwner(held, allocation);
      this.#checkQuarantine(node, held, attachment);
    }
    this.kept.told(allocation);
    this.past.told(node.name, allocation.attachment, addresses);
    const holder: Holding = {
      ...{ node: node.name, attachment, addresses, since: this.#world.now },
      blocks: allocation.addresses.flatMap(({ block }) => block ?? []),
      machine: machineOf(allocation.pod?.name),
      isCounted: allocation.addresses.some(({ pool }) => pool === limitedPool),
      isShared: allocation.addresses.some(({ block }) => block === undefined),
    };
    this.#live.set(keyOf(node.name, attachment), holder);
    for (const address of addresses) this.#byAddress.set(address, holder);
    this.#checkQuota(holder);
  }

  /** A node is asked to put an address in quarantine: it may do so although no answer comes. */
  quarantining(address: string): void {
    this.#quarantined.set(address, { surely: undefined });
  }

  quarantined(node: string, address: string): void {
    this.#quarantined.set(address, { surely: { at: this.#world.now, node } });
  }

  /** From now on some are lifted, or a store that went back has forgotten some and shows others again: each daemon hears of it in its own time. */
  unsettleQuarantines(): void {
    for (const address of this.#quarantined.keys()) this.#quarantined.set(address, { surely: undefined });
  }

  /** Every daemon has heard that all of them are lifted. */
  quarantinesLifted(): void {
    this.#quarantined.clear();
  }

  /**
   * An ADD that was sent again came to nothing, and the interface stays.
   * @returns may it have lost what it had all the same, and have got nothing else?
   */
  failedAgain(node: string, attachment: Attachment): boolean {
    const holder = this.#live.get(keyOf(node, attachmentKey(attachment)));
    if (holder !== undefined && this.#mayBeChanged(holder)) return true;
    this.past.kept(node, attachment);
    return false;
  }

  /** By the next ADD: what is in quarantine, whoever answered for it, and in whichever scope. */
  #mayBeChanged({ addresses }: Holding): boolean {
    return addresses.some((key) => this.#quarantined.has(plain(key)));
  }

  /** A runtime begins to take an interface down. */
  ended(node: string, attachment: Attachment): void {
    this.past.ended(node, attachment);
    const key = keyOf(node, attachmentKey(attachment));
    const holder = this.#live.get(key);
    if (holder === undefined) return;
    this.#live.delete(key);
    for (const address of holder.addresses) {
      this.#left(address, holder);
      this.#freed.set(address, { at: this.#world.now, node });
    }
  }

  /** A machine lost its containers and its disk, and with it what cooled down. */
  died(node: string): void {
    this.past.died(node);
    for (const [key, holder] of this.#live) {
      if (holder.node !== node) continue;
      this.#live.delete(key);
      for (const address of holder.addresses) this.#left(address, holder);
    }
    for (const [address, freed] of this.#freed) if (freed.node === node) this.#freed.delete(address);
  }

  /** Of a virtual machine the other Pod may have it still. */
  #left(address: string, { machine }: Holding): void {
    const other = [...this.#live.values()].find((one) => one.addresses.includes(address));
    if (machine !== undefined && other !== undefined) this.#byAddress.set(address, other);
    else this.#byAddress.delete(address);
  }

  /** After a restart, and at rest: every address that a runtime uses is still held for it. */
  checkKept(node: SimNode): void {
    const { daemon } = node;
    if (daemon === undefined) return;
    for (const holder of this.#live.values()) {
      if (holder.node !== node.name) continue;
      const [network = '', containerId = '', ifname = ''] = holder.attachment.split('/');
      const kept = daemon.ipam.find({ network, containerId, ifname });
      const addresses = kept?.addresses.map(addressKey) ?? [];
      if (holder.addresses.every((address) => addresses.includes(address))) continue;
      this.#break(7, `${holder.attachment} was told ${holder.addresses}, and its daemon holds [${addresses}]`, [
        holder.attachment,
        ...holder.addresses,
        node.name,
      ]);
    }
  }

  #checkUnique(node: string, attachment: string, held: HeldAddress, machine: string | undefined): void {
    const address = addressKey(held);
    const holder = this.#byAddress.get(address);
    if (holder === undefined || (machine !== undefined && holder.machine === machine)) return;
    this.#break(
      1,
      `${address} is held by ${holder.attachment} on ${holder.node}, and given to ${attachment} on ${node}`,
      [...placeOf(held), attachment, holder.attachment],
    );
  }

  /** What a namespace has is never more than its quota, on all nodes together. */
  #checkQuota({ attachment, isCounted, addresses }: Holding): void {
    const most = pools.get(limitedPool)?.namespaceQuota ?? 0;
    const counted = [...this.#live.values()].filter((one) => one.isCounted).length;
    if (isCounted && counted > most)
      this.#break(4, `${attachment} was given ${addresses}, as the ${counted}th of ${most} of its namespace`, [
        attachment,
        ...addresses,
      ]);
  }

  #checkPlace(held: HeldAddress, attachment: string): void {
    const address = parseAddress(held.address);
    const pool = pools.get(held.pool);
    const inPool = pool === undefined || prefixContains(pool.subnet, address);
    const inBlock = held.block === undefined || prefixContains(parsePrefix(held.block), address);
    const isGateway = held.gateway === held.address;
    const edge = isEdge(prefixOf(address, held.prefixLength), address.value);
    if (inPool && inBlock && !isGateway && !edge) return;
    this.#break(4, `${attachment} was given ${held.address} of ${poolKind} ${held.pool}, block ${held.block}`, [
      held.address,
      attachment,
    ]);
  }

  /** Where the network's file has ranges: one of those, with its gateway, in its scope. */
  #checkRanges(source: PoolSource, { address, gateway, pool }: HeldAddress, attachment: string): void {
    if (source.kind !== 'ranges') return;
    const { value } = parseAddress(address);
    const isInScope = scopeOf(pool) === scopeId(source.networkName ?? '');
    const isOfFile = source.sets.flat().some(({ subnet, rangeStart, rangeEnd, gateway: router }) => {
      const [first, last] = [rangeStart ?? firstAddress(subnet), rangeEnd ?? lastAddress(subnet)];
      const isRouter = router !== undefined && gateway === formatAddress(router);
      return first.value <= value && value <= last.value && isRouter;
    });
    if (isOfFile && isInScope) return;
    this.#break(4, `${attachment} was given ${address} via ${gateway} of ${pool}, which its file does not say`, [
      address,
      attachment,
    ]);
  }

  #checkAffinity({ address, pool }: HeldAddress, { pod, attachment }: Allocation): void {
    const affinity = pools.get(pool)?.podAffinity;
    if (affinity === undefined || (pod !== undefined && isSelected(labelsOf(pod), affinity))) return;
    const key = attachmentKey(attachment);
    this.#break(4, `${key} of Pod ${pod?.name} was given ${address} of a pool for others: ${pool}`, [address, key]);
  }

  /** A pool of an application is for its Pods, and these get addresses of no other. */
  #checkOwner({ address, pool }: HeldAddress, { pod, attachment }: Allocation): void {
    const owner = ownerOfPools(pod?.name);
    const isOwn = owner === undefined ? !pool.startsWith('auto4-') : pool.startsWith(`auto4-${owner.name}-`);
    const key = attachmentKey(attachment);
    if (!isOwn) this.#break(3, `${key} of Pod ${pod?.name} was given ${address} of pool ${pool}`, [address, key]);
  }

  #checkCooldown(node: SimNode, held: HeldAddress, attachment: string): void {
    const { address, pool } = held;
    const freed = this.#freed.get(addressKey(held));
    // By a clock that was set no time has passed, or too much.
    if (freed === undefined || !roomyPools.has(pool) || node.wasSet) return;
    // Of a shared pool each daemon knows what cools down after its own releases, and sees those of others while it runs.
    const isShared = pools.get(pool)?.blockSize === undefined;
    if (isShared && freed.node !== node.name && !this.#sawRelease(node, freed.at)) return;
    const rested = this.#world.now - freed.at;
    if (rested >= cooldownMs * (1 - 2 * largestDrift)) return;
    this.#break(5, `${address} was given to ${attachment} ${Math.round(rested)} ms after its DEL`, [
      ...placeOf(held),
      attachment,
    ]);
  }

  /** Of a store that keeps its changes, and where every daemon watches all claims; one that was cut off is told of them when it is not. */
  #sawRelease({ servesSince, link }: SimNode, at: number): boolean {
    const { faults, claims } = this.#world.options;
    const forgets = (['rollback', 'vanish', 'compaction'] as const).some((kind) => faults.has(kind));
    const hasCaughtUp = link.wholeForMs > followedMs;
    return claims === 'all' && !forgets && hasCaughtUp && servesSince !== undefined && servesSince < at;
  }

  /** Other nodes hear of it in their own time; this one knows. */
  #checkQuarantine(node: SimNode, held: HeldAddress, attachment: string): void {
    const surely = this.#quarantined.get(held.address)?.surely;
    if (surely?.node !== node.name) return;
    const since = this.#world.now - surely.at;
    this.#break(4, `${held.address} was given to ${attachment} ${Math.round(since)} ms after it went into quarantine`, [
      ...placeOf(held),
      attachment,
    ]);
  }

  #break(invariant: number, message: string, subjects: readonly string[]): void {
    this.#world.break(new BrokenPromise(invariant, message, subjects));
  }
}

/** Quarantines are of an address in every scope. */
function plain(key: string): string {
  return key.slice(0, key.indexOf('.scope-') < 0 ? undefined : key.indexOf('.scope-'));
}

function keyOf(node: string, attachment: string): string {
  return `${node} ${attachment}`;
}

/** Network address, or IPv4 broadcast, of the interface's own network; one that is a host of its own has none. */
function isEdge({ address, length }: Prefix, value: bigint): boolean {
  if (length === familyBits(address.family)) return false;
  const last = address.value + (1n << BigInt(familyBits(address.family) - length)) - 1n;
  return value === address.value || (address.family === 4 && value === last);
}

/** The names under which the store and the journals know it. */
function placeOf({ address, block }: HeldAddress): readonly string[] {
  return block === undefined ? [address] : [address, prefixName(parsePrefix(block))];
}
