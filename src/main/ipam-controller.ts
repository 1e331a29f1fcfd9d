import { Command } from 'commander';
import { type ControllerFlags, controllerConfig, readControllerSettings } from '../config/controller-config.ts';
import { controllerSettings } from '../config/controller-settings.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { runController } from './run-controller.ts';
import { configText, runProgram, withSettings } from './server-program.ts';
import { version } from './version.ts';

interface Flags extends ControllerFlags {
  readonly config?: string;
  readonly check?: boolean;
}

const program = withSettings(
  new Command('ipam-controller')
    .description(
      'Keeps what is derived for a Kubernetes cluster: status of pools and subnets, endpoints, clean-up; and the admission webhook.',
    )
    .version(version)
    .option('--config <file>', 'configuration file (YAML); flags win over it'),
  controllerSettings,
)
  .option('--check', 'read the configuration and the kubeconfig that it names, say whether they can be used, and exit')
  .addHelpText(
    'after',
    `
Exit status:
  0  stopped, or a configuration that can be used
  1  failed to start, for example because another program has the port
  2  wrong flags or configuration`,
  );

async function main(): Promise<void> {
  program.exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
  const { config: file, ...flags } = program.parse().opts<Flags>();
  const read = () => {
    const [text, source] = configText(file);
    return { config: controllerConfig(text, source, flags), settings: readControllerSettings(text, source, flags) };
  };
  const { config, settings } = read();
  if (!flags.check) return runController(config, { rows: controllerSettings, settings, read });
  if (config.kubeconfig !== undefined) kubeconfigAccess(config.kubeconfig);
  process.stdout.write(`the configuration can be used: lease "${config.leaseName}"\n`);
}

runProgram('ipam-controller', main);
