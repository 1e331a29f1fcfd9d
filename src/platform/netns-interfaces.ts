import { execFile } from 'node:child_process';

/** An interface, as the kernel has it. */
export interface NamespaceInterface {
  readonly name: string;
  /** Without a length, in the kernel's text, which is canonical. */
  readonly addresses: readonly string[];
}

const timeoutMs = 2_000;
const largestOutput = 4 * 1024 * 1024;

interface Link {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local?: string }[];
}

/** What is in a network namespace, by iproute2's `ip`. @returns undefined: nothing tells, as where the tools or the rights are missing */
export function interfacesIn(netns: string): Promise<readonly NamespaceInterface[] | undefined> {
  const command = [`--net=${netns}`, '--', 'ip', '-json', 'address', 'show'];
  return new Promise((resolve) => {
    execFile('nsenter', command, { timeout: timeoutMs, maxBuffer: largestOutput }, (error, output) =>
      resolve(error === null ? parsed(output) : undefined),
    );
  });
}

function parsed(output: string): readonly NamespaceInterface[] | undefined {
  let links: unknown;
  try {
    links = JSON.parse(output);
  } catch {
    return undefined;
  }
  // A namespace has its loopback at least: an empty answer tells of none.
  if (!Array.isArray(links) || links.length === 0) return undefined;
  return (links as readonly Link[]).map(({ ifname = '', addr_info = [] }) => ({
    name: ifname,
    addresses: addr_info.flatMap(({ local }) => local ?? []),
  }));
}
