import { openClient } from '../../src/cli/client.ts';
import type { DaemonProcess } from '../kit/daemon-process.ts';
import type { Namespace } from '../kit/namespace.ts';
import { must } from '../kit/run.ts';
import type { Fleet } from './fleet.ts';

/** Every way in which the runtime's, the daemon's and the kernel's view differ. */
export async function audit(daemon: DaemonProcess, fleet: Fleet): Promise<readonly string[]> {
  const problems: string[] = [];
  const { exit, stdout, stderr } = await daemon.cli('check', '--local', '-o', 'json');
  if (exit !== 0) problems.push(`check: ${stdout}${stderr}`);
  const recorded = await recordedAddresses(daemon);
  const holders = new Map<string, string>();
  for (const { id, namespace, told } of fleet.containers) {
    const expected = told.state === 'holds' ? told.addresses.join(' ') : '';
    const inKernel = await kernelAddresses(namespace);
    const inDaemon = recorded.get(id) ?? '';
    recorded.delete(id);
    if (inKernel.join(' ') !== expected)
      problems.push(`${id}: told "${expected}", the kernel has "${inKernel.join(' ')}"`);
    if (inDaemon !== expected) problems.push(`${id}: told "${expected}", the daemon says "${inDaemon}"`);
    for (const address of inKernel) {
      const other = holders.get(address);
      if (other !== undefined) problems.push(`${address} is in the namespaces of ${other} and ${id}`);
      holders.set(address, id);
    }
  }
  for (const [id, addresses] of recorded)
    if (id.startsWith(fleet.name)) problems.push(`the daemon says that ${id} holds ${addresses}`);
  const holding = fleet.containers.filter(({ told }) => told.state === 'holds').length;
  const wires = await countWires(fleet.host);
  if (wires !== holding) problems.push(`${wires} wires on the host for ${holding} containers`);
  return problems;
}

async function recordedAddresses(daemon: DaemonProcess): Promise<Map<string, string>> {
  const client = openClient(daemon.socket, 60_000);
  try {
    const { allocations } = await client.call('ListAllocations', { limit: 10_000, local: true });
    return new Map(
      allocations.map(({ container_id, addresses }) => [
        container_id,
        addresses
          .map(({ cidr }) => cidr)
          .sort()
          .join(' '),
      ]),
    );
  } finally {
    client.close();
  }
}

/** Global addresses in a namespace, whatever the interface, as the kernel has them. */
async function kernelAddresses({ name }: Namespace): Promise<readonly string[]> {
  const text = await must('ip', ['-n', name, '-o', 'addr', 'show', 'scope', 'global']);
  return text
    .split('\n')
    .flatMap((line) => line.split(/\s+/)[3] ?? [])
    .sort();
}

/** Wires that end in a namespace, other than its own way out. */
async function countWires({ name }: Namespace): Promise<number> {
  const text = await must('ip', ['-n', name, '-o', 'link', 'show', 'type', 'veth']);
  return text.split('\n').filter((line) => line !== '' && !line.includes(' eth0@')).length;
}
