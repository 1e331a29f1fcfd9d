import { isIP } from 'node:net';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { dryRun } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { type Run, type Session, withClient } from './run.ts';

/** `set`: addresses that a Pod has and no record. */
export function addSetCommand(program: Command, run: Run): void {
  program
    .command('set <addresses...>')
    .description("put addresses on record for a Pod of this daemon's node that has them, so that nobody else gets them")
    .requiredOption('--pod <namespace/name>', 'whose they are')
    .requiredOption('--container <id>', 'of its sandbox, as the container runtime has it: its DEL releases them')
    .requiredOption('--network <name>', 'of the CNI configuration')
    .option('--ifname <name>', 'the interface that has them', 'eth0')
    .option('--netns <path>', 'its network namespace')
    .option('--uid <uid>', 'of the Pod, where another of the same name may have come')
    .option('--force', 'also when nothing shows that the container runs')
    .option('--reason <text>', 'why, for the log, the audit log and an Event on the Pod', 'ipam-cli set')
    .option(...dryRun)
    .addHelpText(
      'after',
      `
All addresses of the interface at once. What somebody else has is never put on record a second time.

Example:
  ipam-cli set 10.244.0.5 --pod shop/web-0 --container 4f1c… --network k8s-pod-network --netns /run/netns/cni-1`,
    )
    .action(withClient(run, set));
}

interface SetOptions {
  readonly pod: string;
  readonly container: string;
  readonly network: string;
  readonly ifname: string;
  readonly netns?: string;
  readonly uid?: string;
  readonly force?: boolean;
  readonly reason: string;
  readonly dryRun?: boolean;
}

async function set({ client, output }: Session, ips: readonly string[], options: SetOptions): Promise<void> {
  const { container, network, ifname, netns = '', uid = '', force = false, reason, dryRun: isDry = false } = options;
  const wrong = ips.find((ip) => isIP(ip) === 0);
  if (wrong !== undefined) throw usage(`"${wrong}" is no address`);
  const [namespace = '', name = '', ...more] = options.pod.split('/');
  if (namespace === '' || name === '' || more.length > 0) {
    throw usage(`--pod ${options.pod} is not NAMESPACE/NAME`);
  }
  const answer = await client.call(isDry ? 'DryRunSetIPs' : 'SetIPs', {
    ...{ ips: [...ips], pod: { namespace, name }, pod_uid: uid, container_id: container },
    ...{ ifname, network, netns, force, reason },
  });
  if (isData(output)) showData(output, answer);
  else output.print(`${answer.message}\n`);
}

function usage(message: string): CliError {
  return new CliError(message, { code: 'usage', exit: exitCodes.usage });
}
