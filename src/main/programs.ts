import { Command } from 'commander';
import { ciliumSettings } from '../config/cilium-settings.ts';
import { controllerSettings } from '../config/controller-settings.ts';
import { daemonSettings } from '../config/daemon-settings.ts';
import { flagsOf, type SettingRows } from '../config/setting.ts';
import { version } from './version.ts';

/** The command line of ipam-daemon, without running it. */
export function daemonProgram(): Command {
  return withSettings(
    new Command('ipam-daemon')
      .description('Serves addresses to the CNI executables, gRPC clients and ipam-cli of one node.')
      .version(version)
      .option('--config <file>', 'configuration file (YAML); flags win over it'),
    daemonSettings,
  )
    .option('--check', 'read the configuration and the files that it names, say whether they can be used, and exit')
    .option('--backup <dir>', 'copy the databases of the embedded engine, also while a daemon runs, and exit')
    .option(
      '--restore <dir>',
      'put a copy that --backup has made in the place of what is there, which stays beside it, and exit',
    )
    .option(
      '--recover',
      'repair a damaged database: keep it aside, rebuild from what is whole and from the runtime, and exit',
    )
    .option('--cni-cache <dir>', 'where the container runtime keeps CNI results, for --recover', '/var/lib/cni')
    .addHelpText(
      'after',
      `
Exit status:
  0  stopped, recovered, copied, restored, or a configuration that can be used
  1  failed to start: another program has the port, a database is damaged, there is no room
  2  wrong flags or configuration, or another daemon has the socket or the data directory`,
    );
}

/** The command line of ipam-controller, without running it. */
export function controllerProgram(): Command {
  return withSettings(
    new Command('ipam-controller')
      .description(
        'Keeps what is derived for a Kubernetes cluster: status of pools and subnets, endpoints, clean-up; and the admission webhook.',
      )
      .version(version)
      .option('--config <file>', 'configuration file (YAML); flags win over it'),
    controllerSettings,
  )
    .option(
      '--check',
      'read the configuration and the kubeconfig that it names, say whether they can be used, and exit',
    )
    .addHelpText('after', controllerStatus);
}

/** The command line of cilium-ipam-controller, without running it. */
export function ciliumProgram(): Command {
  return withSettings(
    new Command('cilium-ipam-controller')
      .description(
        'Fills the CiliumNodes of a cluster whose Cilium has ipam: crd, and keeps the addresses of Pods that are to stay.',
      )
      .version(version)
      .option('--config <file>', 'configuration file (YAML); flags win over it'),
    ciliumSettings,
  )
    .option(
      '--check',
      'read the configuration and the kubeconfig that it names, say whether they can be used, and exit',
    )
    .addHelpText('after', controllerStatus);
}

const controllerStatus = `
Exit status:
  0  stopped, or a configuration that can be used
  1  failed to start, for example because another program has the port
  2  wrong flags or configuration`;

/** The flags of a program's settings, beside its own. */
function withSettings(program: Command, rows: SettingRows): Command {
  for (const { flags, help } of flagsOf(rows)) program.option(flags, help);
  return program;
}
