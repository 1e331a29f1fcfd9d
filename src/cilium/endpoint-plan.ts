/** A CiliumEndpoint (cilium.io/v2), and the Pod of its name. */
export interface EndpointFacts {
  /** Undefined: there is none. */
  readonly endpoint:
    | {
        readonly podUid: string | undefined;
        /** Milliseconds since 1970; undefined: nobody deletes it. */
        readonly deletingSince: number | undefined;
        readonly hasFinalizers: boolean;
        readonly addresses: readonly string[];
      }
    | undefined;
  /** Undefined: there is none. */
  readonly pod:
    | { readonly uid: string; readonly readySince: number | undefined; readonly addresses: readonly string[] }
    | undefined;
  readonly now: number;
  /** How long one may be ending, milliseconds. */
  readonly terminationMs: number;
}

export type EndpointStep =
  | { readonly do: 'nothing'; readonly againMs?: number }
  /** What holds it back is taken off: nobody comes to do so any more. */
  | { readonly do: 'release' }
  /** A Pod without one: its agent is made to look at it again. */
  | { readonly do: 'rebuild' }
  /** It names an address that its Pod has not. */
  | { readonly do: 'report' };

/** An agent makes what is missing by itself within this time, milliseconds. */
const rebuildMs = 60_000;

/** What is next for the endpoint of a Pod whose addresses stay. */
export function endpointStep({ endpoint, pod, now, terminationMs }: EndpointFacts): EndpointStep {
  if (endpoint === undefined) {
    if (pod?.readySince === undefined) return { do: 'nothing' };
    const left = pod.readySince + rebuildMs - now;
    return left > 0 ? { do: 'nothing', againMs: left } : { do: 'rebuild' };
  }
  if (endpoint.deletingSince !== undefined) {
    if (!endpoint.hasFinalizers) return { do: 'nothing' };
    // One that is another Pod's by now would keep the new one from having its own.
    const left = endpoint.deletingSince + terminationMs - now;
    return left > 0 ? { do: 'nothing', againMs: left } : { do: 'release' };
  }
  const isOfPod = pod !== undefined && (endpoint.podUid === undefined || endpoint.podUid === pod.uid);
  const isSame = endpoint.addresses.every((address) => pod?.addresses.includes(address) ?? true);
  return isOfPod && pod.addresses.length > 0 && !isSame ? { do: 'report' } : { do: 'nothing' };
}
