import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { type DaemonConfig, type DaemonFlags, daemonConfig } from '../config/daemon-config.ts';
import { backup } from '../daemon/journal/backup.ts';
import { recover, requireNoUnfinishedRecovery } from '../daemon/recovery/recover.ts';
import { holdDataDirectory } from '../platform/data-lock.ts';
import { isServed } from '../platform/socket-probe.ts';
import { IpamError } from '../resources/errors.ts';
import { verifyEnvironments } from '../store/embedded/verify.ts';
import { silentLog } from '../telemetry/log.ts';
import { configText, runProgram } from './server-program.ts';
import { version } from './version.ts';

interface Flags extends DaemonFlags {
  readonly config?: string;
  readonly check?: boolean;
  readonly backup?: string;
  readonly recover?: boolean;
  readonly cniCache: string;
}

const program = new Command('ipam-daemon')
  .description('Serves addresses to the CNI executables, gRPC clients and ipam-cli of one node.')
  .version(version)
  .option('--config <file>', 'configuration file (YAML); flags win over it')
  .option('--node-id <name>', 'name of this node (default: the host name)')
  .option(
    '--bind-addr <host:port>',
    'listener for other members; consensus is on the next port (default: 0.0.0.0:7000)',
  )
  .option('--cluster-cidr <cidrs>', 'pools to create at the first start: one CIDR per IP family, comma-separated')
  .option('--bootstrap', 'start a new cluster, of which this is the first member (runs etcd)')
  .option('--join <host:port>', 'become a member of the cluster of this member; more than one: comma-separated')
  .option('--agent', 'keep no state of the cluster here: the members named by --join do (default: become a member)')
  .option('--advertise-addr <host[:port]>', 'where other members reach this one (default: found out)')
  .option('--cluster-name <name>', 'clusters of different names never become one (default: berth)')
  .option('--force-new-cluster', 'begin the cluster anew from this disk, when the majority of its members is lost')
  .option('--data-dir <dir>', 'where state is kept (default: /var/lib/ipam)')
  .option(
    '--store-engine <name>',
    'where pools, blocks and claims live: embedded, etcd or kubernetes (default: embedded)',
  )
  .option('--kubeconfig <file>', 'how to reach the Kubernetes API (default: the service account of the Pod)')
  .option(
    '--etcd-endpoints <list>',
    'an etcd to keep state in: host:port, https://host:port or unix:/path, comma-separated',
  )
  .option('--etcd-ca-file <file>', "authority of etcd's certificates")
  .option('--etcd-cert-file <file>', 'certificate to show to etcd')
  .option('--etcd-key-file <file>', 'its key')
  .option('--etcd-prefix <prefix>', 'what our keys in etcd begin with (default: /berth/v1)')
  .option('--block-size <length>', 'prefix length of the IPv4 blocks that nodes lease (default: 24)')
  .option('--block-size-v6 <length>', 'prefix length of the IPv6 blocks that nodes lease (default: 64)')
  .option('--grpc-addr <host:port>', 'gRPC over TCP; "" turns it off (default: 0.0.0.0:9090)')
  .option('--insecure', 'without certificates: trust everybody on the network as an admin (default: they may read)')
  .option('--unix-socket <path>', 'gRPC and CNI (default: /run/ipam/ipam.sock)')
  .option('--metrics-addr <host:port>', 'health and metrics; "" turns it off (default: 0.0.0.0:2112)')
  .option('--log-level <level>', 'debug, info, warn or error (default: info)')
  .option('--log-format <format>', 'json or text (default: json)')
  .option('--check', 'read the configuration and the files that it names, say whether they can be used, and exit')
  .option('--backup <dir>', 'copy the databases of the embedded engine, also while a daemon runs, and exit')
  .option(
    '--recover',
    'repair a damaged database: keep it aside, rebuild from what is whole and from the runtime, and exit',
  )
  .option('--cni-cache <dir>', 'where the container runtime keeps CNI results, for --recover', '/var/lib/cni')
  .addHelpText(
    'after',
    `
Exit status:
  0  stopped, recovered, copied, or a configuration that can be used
  1  failed to start: another program has the port, a database is damaged, there is no room
  2  wrong flags or configuration, or another daemon has the socket or the data directory`,
  );

/** Opens nothing but the files that the configuration names: it may be asked beside a daemon that runs. */
async function checkConfig(config: DaemonConfig): Promise<void> {
  const { openSecurity } = await import('./security.ts');
  const { tls } = openSecurity({ config, audit: undefined, log: silentLog, onRefused: () => {} });
  tls?.close();
  if (config.engine === 'kubernetes' && config.kubeconfig !== undefined) {
    const { kubeconfigAccess } = await import('../store/kubernetes/kubeconfig.ts');
    kubeconfigAccess(config.kubeconfig);
  }
  const transport = tls === undefined ? 'without TLS' : 'with TLS';
  process.stdout.write(
    `the configuration can be used: node "${config.node}", engine ${config.engine}, data in ${config.dataDir}, ${transport}\n`,
  );
}

async function main(): Promise<void> {
  program.exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
  const { config: file, ...flags } = program.parse().opts<Flags>();
  const config = daemonConfig(...configText(file), flags, hostname());
  if (flags.check) return checkConfig(config);
  if (flags.backup !== undefined) {
    process.stdout.write(await backup(config, flags.backup));
    return;
  }
  if (flags.recover) {
    if (await isServed(config.unixSocket)) {
      throw new IpamError('invalid-config', `a daemon serves on ${config.unixSocket}`, {
        advice: 'stop it before --recover',
      });
    }
    await hold(config.dataDir);
    const report = await recover({
      dataDir: config.dataDir,
      cniCache: flags.cniCache,
      node: config.node,
      now: Date.now,
    });
    process.stdout.write(report);
    return;
  }
  await hold(config.dataDir);
  requireNoUnfinishedRecovery(config.dataDir);
  const directories = { store: join(config.dataDir, 'store'), journal: join(config.dataDir, 'journal') };
  // The other core reads the databases through while this one loads the servers' modules.
  const [{ serve }] = await Promise.all([
    import('./serve.ts'),
    verifyEnvironments([directories.store, directories.journal]),
  ]);
  await serve(config, directories);
}

/** @throws IpamError invalid-config when another daemon uses it */
async function hold(dataDir: string): Promise<void> {
  const weakness = await holdDataDirectory(dataDir);
  if (weakness !== '') process.stderr.write(`ipam-daemon: warning: ${weakness}\n`);
}

runProgram('ipam-daemon', main);
