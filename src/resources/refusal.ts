import { type ErrorCode, type ErrorFacts, IpamError } from './errors.ts';
import { rangesOwner, rangesTitle } from './ranges-owner.ts';
import type { Resource } from './resource.ts';

/** One reason why a resource may not be as it is, or may not be written. */
export interface Refusal {
  readonly code: ErrorCode;
  /** What is wrong and where: begins with the resource's kind and name. */
  readonly message: string;
  /** What to do; empty when the message says it. */
  readonly advice: string;
  readonly facts: ErrorFacts;
}

/** Gathers all that is wrong with one resource, so that its author hears it at once. */
export class Findings {
  readonly refusals: Refusal[] = [];
  readonly warnings: string[] = [];
  /** `SpiderIPPool "blue"` */
  readonly subject: string;

  constructor(subject: string) {
    this.subject = subject;
  }

  refuse(message: string, advice = ''): void {
    this.add({ code: 'invalid-config', message: `${this.subject}: ${message}`, advice, facts: {} });
  }

  add(refusal: Refusal): void {
    this.refusals.push(refusal);
  }

  /** The write may happen, and its author should know. */
  warn(message: string): void {
    this.warnings.push(`${this.subject}: ${message}`);
  }

  /** @throws IpamError when anything was refused */
  requireNone(): void {
    if (this.refusals.length > 0) throw refusalError(this.refusals);
  }
}

/** People who wrote ranges in a file never made a pool: they hear of the network. */
export function subjectOf(resource: Resource): string {
  const owner = rangesOwner(resource);
  return owner === undefined ? `${resource.kind} "${resource.metadata.name}"` : rangesTitle(owner);
}

/** All of them as one error: its code and facts are those of the first. */
export function refusalError(refusals: readonly Refusal[]): IpamError {
  const [first] = refusals;
  if (first === undefined) throw new Error('nothing was refused');
  const subject = /^[^":]*"[^"]*"( on node "[^"]*")?: /.exec(first.message)?.[0] ?? '';
  const rest = refusals
    .slice(1)
    .map(({ message }) => (message.startsWith(subject) ? message.slice(subject.length) : message));
  const advice = [...new Set(refusals.map((refusal) => refusal.advice).filter((text) => text !== ''))].join('; ');
  const facts = refusals.length === 1 ? first.facts : { ...first.facts, refusals: refusals.map((one) => one.message) };
  return new IpamError(first.code, [first.message, ...rest].join('; '), { advice, facts });
}

/** @throws what `attempt` throws when that is no IpamError */
export function refusalsOf(attempt: () => void): readonly Refusal[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    const { code, message, advice, facts } = error;
    return [{ code, message, advice, facts }];
  }
}

/** The first few of many texts. */
export function brief(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).join(', ');
  return texts.length > 5 ? `${shown} and ${texts.length - 5} more` : shown;
}
