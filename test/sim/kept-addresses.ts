import { isDeepStrictEqual } from 'node:util';
import { parseAddress } from '../../src/ip/address.ts';
import type { Allocation } from '../../src/ipam/allocation.ts';
import { attachmentKey } from '../../src/ipam/attachment.ts';
import { type Claim, claimKind } from '../../src/resources/claim.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { addressKey } from '../../src/resources/scope.ts';
import type { StoreDecorator } from '../../src/store/wrap.ts';
import { applicationAddresses, isNamed, isOfApplication, isStateful } from './identities.ts';
import { machineOf } from './machines.ts';
import { BrokenPromise, type World } from './world.ts';

const listed = {
  first: parseAddress(applicationAddresses.first).value,
  last: parseAddress(applicationAddresses.last).value,
};

/**
 * Invariant 3: an address that is kept for somebody is given to nobody else while its owner is there. Looked at with each
 * answer to a runtime and each write of a claim, for the addresses that it is about.
 */
export class KeptAddresses {
  readonly #world: World;
  /** Of each Pod or virtual machine for which addresses stay, what it was told last. */
  readonly #of = new Map<string, readonly string[]>();
  /** For which of them an address stays. */
  readonly #for = new Map<string, string>();
  /** Of each claim of those, by its name: its address. */
  readonly #claims = new Map<string, string>();
  /** Was the ordinal of this Pod scaled away for so long that what is kept for it may be freed? */
  isAway: (podName: string) => boolean = () => false;

  constructor(world: World) {
    this.#world = world;
  }

  told({ pod, attachment, addresses: held }: Allocation): void {
    const addresses = held.map(addressKey);
    const key = attachmentKey(attachment);
    for (const address of addresses) this.#requireFor(address, pod?.name, key);
    for (const { address } of held) this.#requireListed(address, pod?.name, key);
    if (pod === undefined || !(isStateful(pod.name) || isNamed(pod.name) || machineOf(pod.name) !== undefined)) return;
    const keeper = machineOf(pod.name) ?? pod.name;
    const had = this.#of.get(keeper);
    this.forget(keeper);
    this.#of.set(keeper, addresses);
    for (const address of addresses) this.#for.set(address, keeper);
    if (had === undefined || isDeepStrictEqual(had, addresses)) return;
    this.#break(`Pod ${pod.name} had ${had}, and ${key} was given ${addresses}`, [...had, ...addresses, key]);
  }

  /** What was kept for these may be gone: nobody was there for longer than the grace. */
  forget(podName: string): void {
    // Another may have it by now.
    for (const address of this.#of.get(podName) ?? [])
      if (this.#for.get(address) === podName) this.#for.delete(address);
    this.#of.delete(podName);
  }

  /** Around the store that all share: looks at each claim that is written, at once. */
  readonly watching: StoreDecorator = (inner) => ({
    create: async (resource, uid) => this.#written(await inner.create(resource, uid)),
    update: async (resource) => this.#written(await inner.update(resource)),
    delete: async (key, resourceVersion) => {
      await inner.delete(key, resourceVersion);
      if (key.kind === claimKind) this.#freed(key.name);
    },
  });

  #written<R extends Resource>(resource: R): R {
    if (resource.kind !== claimKind) return resource;
    const { metadata, spec } = resource as Resource as Claim;
    const address = addressKey(spec);
    this.#claims.set(metadata.name, address);
    const holder = `the claim of ${attachmentKey(spec)}`;
    this.#requireFor(address, spec.podName, holder);
    this.#requireListed(spec.address, spec.podName, holder);
    return resource;
  }

  #freed(name: string): void {
    const address = this.#claims.get(name);
    this.#claims.delete(name);
    const podName = address === undefined ? undefined : this.#for.get(address);
    if (address === undefined || podName === undefined || this.isAway(podName)) return;
    this.#break(`${address} is kept for Pod ${podName}, and its claim is deleted`, [address]);
  }

  #requireFor(address: string, podName: string | undefined, holder: string): void {
    const owner = this.#for.get(address);
    if (owner === undefined || owner === (machineOf(podName) ?? podName) || this.isAway(owner)) return;
    this.#break(`${address} is kept for Pod ${owner}, and ${holder} of Pod ${podName} has it`, [address, holder]);
  }

  /** The addresses that an application asks for are its Pods', and these have no others. */
  #requireListed(address: string, podName: string | undefined, holder: string): void {
    const isOf = podName !== undefined && isOfApplication(podName);
    const { value } = parseAddress(address);
    if ((listed.first <= value && value <= listed.last) === isOf) return;
    this.#break(`${holder} of Pod ${podName} was given ${address}`, [address, holder]);
  }

  #break(message: string, subjects: readonly string[]): void {
    this.#world.break(new BrokenPromise(3, message, subjects));
  }
}
