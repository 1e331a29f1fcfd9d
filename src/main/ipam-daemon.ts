import { hostname } from 'node:os';
import { join } from 'node:path';
import { type DaemonConfig, type DaemonFlags, daemonConfig, readDaemonSettings } from '../config/daemon-config.ts';
import { daemonSettings } from '../config/daemon-settings.ts';
import { backup } from '../daemon/journal/backup.ts';
import { recover } from '../daemon/recovery/recover.ts';
import { restoreCopy } from '../daemon/recovery/restore-copy.ts';
import { requireNoUnfinishedRecovery } from '../daemon/recovery/swap-databases.ts';
import { holdDataDirectory } from '../platform/data-lock.ts';
import { isServed } from '../platform/socket-probe.ts';
import { IpamError } from '../resources/errors.ts';
import { verifyEnvironments } from '../store/embedded/verify.ts';
import { silentLog } from '../telemetry/log.ts';
import { withKubeIpamState } from './kube-ipam-state.ts';
import { daemonProgram } from './programs.ts';
import { configText, runProgram } from './server-program.ts';
import { spiderpoolConfiguration } from './spiderpool-config.ts';

interface Flags extends DaemonFlags {
  readonly config?: string;
  readonly check?: boolean;
  readonly backup?: string;
  readonly restore?: string;
  readonly recover?: boolean;
  readonly cniCache: string;
}

const program = daemonProgram();

/** Opens nothing but the files that the configuration names: it may be asked beside a daemon that runs. */
async function checkConfig(config: DaemonConfig): Promise<void> {
  const { openSecurity } = await import('./security.ts');
  const { requirePagePlace } = await import('./page-place.ts');
  const { tls } = openSecurity({ config, audit: undefined, log: silentLog, onRefused: () => {} });
  tls?.close();
  requirePagePlace(config, { tls });
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
  const read = () => {
    const [text, source] = configText(file);
    const said = readDaemonSettings(text, source, flags);
    const { values, warnings } = spiderpoolConfiguration(daemonSettings, said().spiderpoolConfig);
    const settings = said(values);
    const { config, notes } = withKubeIpamState(daemonConfig(settings, hostname()));
    return { config, notes: [...warnings.map((one) => `warning: ${one}`), ...notes], settings };
  };
  const { config, settings, notes } = read();
  for (const note of notes) process.stderr.write(`ipam-daemon: ${note}\n`);
  if (flags.check) return checkConfig(config);
  if (flags.backup !== undefined) {
    process.stdout.write(await backup(config, flags.backup));
    return;
  }
  if (flags.restore !== undefined) {
    await requireStopped(config, '--restore');
    process.stdout.write(await restoreCopy(config, flags.restore, Date.now));
    return;
  }
  if (flags.recover) {
    await requireStopped(config, '--recover');
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
  await serve(config, directories, { rows: daemonSettings, settings, read });
}

/** @throws IpamError invalid-config when a daemon runs that has the socket, or the data */
async function requireStopped({ unixSocket, dataDir }: DaemonConfig, flag: string): Promise<void> {
  if (await isServed(unixSocket)) {
    throw new IpamError('invalid-config', `a daemon serves on ${unixSocket}`, { advice: `stop it before ${flag}` });
  }
  await hold(dataDir);
}

/** @throws IpamError invalid-config when another daemon uses it */
async function hold(dataDir: string): Promise<void> {
  const weakness = await holdDataDirectory(dataDir);
  if (weakness !== '') process.stderr.write(`ipam-daemon: warning: ${weakness}\n`);
}

runProgram('ipam-daemon', main);
