import { IpamError } from '../../resources/errors.ts';

/**
 * How long an address stays after its container: until somebody releases it, for milliseconds, or not at all, so that it goes
 * with the container that has it now.
 */
export type StayFor = 'released' | 'container' | number;

/** What is asked of an address that would go with its container else. */
export interface Stay {
  /** For whom, as the caller names it; undefined: for the Pod, by its namespace and name. */
  readonly identity?: string;
  readonly for: StayFor;
  /** Where it is written, for messages: `CNI_ARGS`, `annotation berth.network/keep-address of Pod "shop/db"`. */
  readonly origin: string;
}

/** Where the two texts stand that ask for it. */
export interface StayTexts {
  readonly identity?: string | undefined;
  readonly keep?: string | undefined;
  readonly origin: string;
  /** What they are called there, for messages. */
  readonly names: { readonly identity: string; readonly keep: string };
  /** `invalid-config` where somebody else than the caller has written them. */
  readonly code: 'invalid-argument' | 'invalid-config';
  /** Of a refusal. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Longest name of an identity. */
const nameLimit = 253;
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A hundred years: what is meant longer is meant until it is released. */
const longestMs = 100 * 365 * unitMs.d;

/** @returns undefined: nothing is asked @throws IpamError with the code of `texts` */
export function stayOf({ identity, keep, origin, names, code, facts }: StayTexts): Stay | undefined {
  if (identity === undefined && keep === undefined) return undefined;
  const refuse = (why: string, advice: string): IpamError =>
    new IpamError(code, `${origin}: ${why}`, {
      advice,
      ...(facts === undefined ? {} : { facts }),
    });
  if (identity !== undefined && !isIdentityName(identity)) {
    const why = `${names.identity} ${JSON.stringify(identity.slice(0, 80))} is not the name of an identity`;
    throw refuse(why, `1 to ${nameLimit} characters, no "/", white space or control character`);
  }
  const time = keep === undefined ? 'released' : stayForText(keep);
  if (time === undefined) {
    const why = `${names.keep} ${JSON.stringify(keep?.slice(0, 80))} says neither whether nor how long`;
    throw refuse(why, 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d');
  }
  // Nobody is named, and nothing is to stay: that is how it is in any case.
  if (identity === undefined && time === 'container') return undefined;
  return { ...(identity === undefined ? {} : { identity }), for: time, origin };
}

/** A name that can stand in keys: no slash, white space or control character, 1 to 253 characters. */
export function isIdentityName(text: string): boolean {
  return text.length <= nameLimit && /^[^\s/\p{Cc}]+$/u.test(text);
}

/** @returns undefined: the text says nothing of the kind */
export function stayForText(text: string): StayFor | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === '1') return 'released';
  if (word === 'false' || word === '0') return 'container';
  const [, amount, unit] = /^(\d{1,12})([smhd])$/.exec(word) ?? [];
  if (amount === undefined) return undefined;
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs];
  return ms < 1 || ms > longestMs ? undefined : ms;
}

/** As a claim has it: `43200s`; undefined: as the rules of its owner have it. */
export function keptForText(time: StayFor): string | undefined {
  return typeof time === 'number' ? `${Math.ceil(time / 1_000)}s` : undefined;
}
