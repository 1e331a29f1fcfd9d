import { ownValue } from '../resources/own-value.ts';

/** Keys by which other IPAM plugins are told which addresses to give, and what says the same here. */
const ofPeers: Readonly<Record<string, string>> = {
  range: "Whereabouts' key: write ranges",
  range_start: "Whereabouts' key: write ranges with rangeStart",
  range_end: "Whereabouts' key: write ranges with rangeEnd",
  exclude: "Whereabouts' key: leave the addresses out of ranges, or name pools with excludeIPs",
  omit_ranges: "Whereabouts' key: leave the addresses out of ranges, or name pools with excludeIPs",
  ipranges: "Whereabouts' key: write ranges",
  node_slice_size: "Whereabouts' key: name pools with blockSize",
  addresses: "static's key: ask for an address with args.cni.ips or runtimeConfig.ips",
  assign_ipv4: "Calico's key: write families",
  assign_ipv6: "Calico's key: write families",
  ipv4_pools: "Calico's key: write pools",
  ipv6_pools: "Calico's key: write pools",
  ippools: "Antrea's key: write pools",
  fixedsubnet: "kube-ipam's key: name pools",
};

/** @returns why a key of `ipam` that nothing here reads is refused; undefined: it is another plugin's, and changes no address */
export function whyRefused(key: string, known: readonly string[]): string | undefined {
  const ofPeer = ownValue(ofPeers, key.toLowerCase());
  if (ofPeer !== undefined) return ofPeer;
  const meant = known.find((one) => isMisspelt(key.toLowerCase(), one.toLowerCase()));
  return meant === undefined ? undefined : `is ${meant} meant?`;
}

/** One letter in four may be wrong, two at most: what is further off is another word. */
function isMisspelt(key: string, known: string): boolean {
  const limit = Math.min(2, Math.floor(known.length / 4));
  return Math.abs(key.length - known.length) <= limit && distance(key, known) <= limit;
}

/** How many letters must be put in, left out or exchanged to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
