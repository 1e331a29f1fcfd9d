import type { ClusterNode } from './cluster-node.ts';

/** An address that an interface of a Pod has. */
export interface LiveAddress {
  readonly node: string;
  /** Name of the network namespace. */
  readonly netns: string;
  readonly address: string;
}

const script = `for file in /run/netns/cni-*; do
  [ -e "$file" ] || continue
  echo "netns $(basename "$file")"
  ip -n "$(basename "$file")" -o address show scope global
done`;

/** What the kernel has in the network namespaces of a node's Pods, but for loopback and link-local addresses. */
export async function interfacesOf(node: ClusterNode): Promise<readonly LiveAddress[]> {
  // A namespace that goes while it is looked at says so on standard error; the next look will not find it.
  const { stdout } = await node.tryExec('sh', '-c', script);
  let netns = '';
  const found: LiveAddress[] = [];
  for (const line of stdout.split('\n')) {
    netns = /^netns (\S+)$/.exec(line)?.[1] ?? netns;
    const [, address] = / inet6? ([^/ ]+)\//.exec(line) ?? [];
    if (address !== undefined) found.push({ node: node.name, netns, address });
  }
  return found;
}

export function titleOf({ node, netns, address }: LiveAddress): string {
  return `${address} in ${netns} of ${node}`;
}
