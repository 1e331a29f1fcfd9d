import type { z } from 'zod';
import type { PodRef } from '../ipam/attachment.ts';
import type { AutomaticPools } from '../ipam/bind/automatic-pool.ts';
import type { Stay } from '../ipam/bind/stay.ts';
import type { PodFacts } from '../ipam/pod-facts.ts';
import type { InterfaceRequest, PoolSource } from '../ipam/request.ts';
import type { Keys } from '../resources/go-json.ts';
import type { Labels } from '../resources/label-selector.ts';

/**
 * One way in which people ask for addresses: another program's annotations, its keys of a network configuration, or both.
 * It is translated here, once, into what `src/ipam/request.ts` can carry, and nothing behind knows that it exists. What the
 * dialect knows and nothing here does is refused by name.
 */
export interface Dialect {
  /** What messages call it. */
  readonly name: string;
  readonly unsupported?: Unsupported;
  readonly annotations?: AnnotationDialect;
  readonly configuration?: ConfigurationDialect;
  /**
   * The NetworkAttachmentDefinition behind an interface, as `namespace/name`; undefined: the Pod does not say.
   * @throws IpamError invalid-config
   */
  readonly interfaceNetwork?: (of: PodInterface) => string | undefined;
}

/** What a dialect knows and nothing here does. */
export interface Unsupported {
  readonly annotations?: UnsupportedAnnotations;
  /** Keys of `ipam`, in lower case, and what says the same here. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface UnsupportedAnnotations {
  readonly matches: (name: string) => boolean;
  readonly reason: string;
  readonly advice: string;
  /** They speak to the plugin that sets up the default interface: on others they mean nothing. */
  readonly onDefaultInterface?: true;
}

/** One interface of a Pod, by its name in the Pod. */
export interface PodInterface {
  readonly pod: PodRef;
  readonly ifname: string;
  /** Annotations of the Pod. */
  readonly annotations: Labels;
}

/** An interface, and what is known of its Pod. */
export interface AskingInterface {
  readonly pod: PodRef;
  readonly ifname: string;
  readonly facts: PodFacts;
}

/** What annotations ask for. What is absent, the network's configuration decides. */
export interface AnnotationRequest extends Partial<InterfaceRequest> {
  /** What the Pod's author should know. */
  readonly warnings?: readonly string[];
}

/** An interface whose Pod may fix its address. */
export interface FixingInterface extends PodInterface {
  /** What the network's configuration calls its IPAM plugin, `ipam.type`; undefined: not known, or nothing. */
  readonly ipamType: string | undefined;
}

/** Which addresses a Pod is to have, and whether they stay its owner's. */
export type FixedRequest = Required<Pick<InterfaceRequest, 'requested' | 'stays'>>;

/** Which addresses a Pod fixes for itself, wherever its network has them from. */
export interface FixedAddressesDialect {
  /** All that fix an address, or say more of one: the API server asks the webhook only about Pods that have one of them. */
  readonly names: readonly string[];
  /** It rests on the Pod's own annotations alone. @returns undefined: none @throws IpamError invalid-config */
  read(of: FixingInterface): FixedRequest | undefined;
}

export interface AnnotationDialect {
  readonly fixedAddresses?: FixedAddressesDialect;
  /**
   * Whether and how long whatever addresses it gets stay with the Pod. It rests on the Pod's own annotations alone.
   * @returns undefined: it does not ask @throws IpamError invalid-config
   */
  stay?(of: PodInterface): Stay | undefined;
  /**
   * All else; not asked where a network has ranges of its own, or the call names pools.
   * @throws IpamError invalid-config (an annotation cannot be read, or leaves this interface out)
   */
  toRequest?(asking: AskingInterface): AnnotationRequest;
  /**
   * Pools of its own that an application's template asks for.
   * @param subject whose annotations they are, for messages @returns undefined: none @throws IpamError invalid-config
   */
  automaticPools?(annotations: Labels, subject: string): AutomaticPools | undefined;
}

/** The `ipam` section of a network configuration, parsed by the keys of every dialect. */
export type Section = Readonly<Record<string, unknown>>;

/** What a section is part of. */
export interface SectionOf {
  /** The network's name. */
  readonly network: string;
  /** `ipam.type`. */
  readonly type: string;
  /** Capability arguments of the runtime, `runtimeConfig`, parsed by `runtimeKeys` of every dialect. */
  readonly runtime: Section;
}

/** Where a configuration says that addresses come from. */
export interface NamedSource {
  /** The key that says it, for messages. */
  readonly key: string;
  /** @throws IpamError invalid-config */
  readonly source: () => PoolSource;
}

/** As host-local has them: an address of each set. */
export type RangeSets = Extract<PoolSource, { kind: 'ranges' }>['sets'];

export interface ConfigurationRequest extends Partial<Omit<InterfaceRequest, 'source'>> {
  readonly sources?: readonly NamedSource[];
}

export interface ConfigurationDialect {
  /** Names that executables of this dialect are called by: `ipam.type` is one of them. */
  readonly programs: readonly string[];
  /** Keys of `ipam`. */
  readonly keys: z.core.$ZodLooseShape;
  /** Of these, what else than null Go's decoders take for nothing. */
  readonly places: Keys;
  /** Keys of `runtimeConfig`, and their places. */
  readonly runtimeKeys: z.core.$ZodLooseShape;
  readonly runtimePlaces: Keys;
  /** @throws IpamError invalid-config */
  toRequest(section: Section, of: SectionOf): ConfigurationRequest;
  /** What `ranges`, whoever's keys they are, mean besides in a file of one of these programs; absent: nothing. */
  readonly besideRanges?: (sets: RangeSets) => RangeSets;
}

/** A dialect of configuration whose translation gets what its own schemas have parsed. */
export function configurationDialect<
  Shape extends z.core.$ZodLooseShape,
  // biome-ignore lint/complexity/noBannedTypes: no keys at all
  Runtime extends z.core.$ZodLooseShape = {},
>(parts: {
  readonly programs?: readonly string[];
  readonly keys: Shape;
  readonly places?: Keys;
  readonly runtimeKeys?: Runtime;
  readonly runtimePlaces?: Keys;
  readonly toRequest: (
    section: z.output<z.ZodObject<Shape>>,
    of: SectionOf & { readonly runtime: z.output<z.ZodObject<Runtime>> },
  ) => ConfigurationRequest;
  readonly besideRanges?: (sets: RangeSets) => RangeSets;
}): ConfigurationDialect {
  const { programs = [], keys, places = {}, runtimeKeys = {}, runtimePlaces = {}, toRequest, besideRanges } = parts;
  return {
    ...(besideRanges === undefined ? {} : { besideRanges }),
    programs,
    keys,
    places,
    runtimeKeys,
    runtimePlaces,
    toRequest: (section, of) =>
      toRequest(
        section as z.output<z.ZodObject<Shape>>,
        of as SectionOf & { readonly runtime: z.output<z.ZodObject<Runtime>> },
      ),
  };
}
