import type { Claim } from '../../resources/claim.ts';
import { digest } from '../../resources/digest.ts';
import { placeOfClaim } from '../bind/kept-claim.ts';

const prefix = 'berth.network/';
/** What Kubernetes takes for the value of a label. */
const plain = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

function labelValue(text: string): string {
  return plain.test(text) ? text : digest(text);
}

/*
 * By these labels claims are found by whoever does not watch them all (decision 51). They say again what the spec says, are
 * never gone by without it, and change with it.
 */

/** Of all claims with a record of this daemon behind them, or that had one last. */
export function ofDaemonLabel(daemon: string): Readonly<Record<string, string>> {
  return { [`${prefix}daemon`]: labelValue(daemon) };
}

export function ofPoolLabel(pool: string): Readonly<Record<string, string>> {
  return { [`${prefix}pool`]: labelValue(pool) };
}

/** Of all for the Pods of a namespace. */
export function inNamespaceLabel(namespace: string): Readonly<Record<string, string>> {
  return { [`${prefix}namespace`]: labelValue(namespace) };
}

/** Of all that are kept for one identity. @param place as `placeKey` makes it */
export function atPlaceLabel(place: string): Readonly<Record<string, string>> {
  return { [`${prefix}place`]: digest(place) };
}

/** The claim with the labels that its spec asks for, beside any others that it has. */
export function labelled<C extends Claim>(claim: C): C {
  const { daemon, pool, podNamespace } = claim.spec;
  const place = placeOfClaim(claim);
  const { [`${prefix}place`]: _, ...others } = claim.metadata.labels ?? {};
  const labels = {
    ...others,
    ...ofDaemonLabel(daemon),
    ...ofPoolLabel(pool),
    ...(podNamespace === undefined ? {} : inNamespaceLabel(podNamespace)),
    ...(place === undefined ? {} : atPlaceLabel(place)),
  };
  return { ...claim, metadata: { ...claim.metadata, labels } };
}
