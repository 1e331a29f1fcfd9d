import { type ControllerFlags, controllerConfig, readControllerSettings } from '../config/controller-config.ts';
import { controllerSettings } from '../config/controller-settings.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { controllerProgram } from './programs.ts';
import { runController } from './run-controller.ts';
import { configText, runProgram } from './server-program.ts';
import { spiderpoolConfiguration } from './spiderpool-config.ts';

interface Flags extends ControllerFlags {
  readonly config?: string;
  readonly check?: boolean;
}

const program = controllerProgram();

async function main(): Promise<void> {
  program.exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
  const { config: file, ...flags } = program.parse().opts<Flags>();
  const read = () => {
    const [text, source] = configText(file);
    const said = readControllerSettings(text, source, flags);
    const { values, warnings } = spiderpoolConfiguration(controllerSettings, said().spiderpoolConfig);
    const settings = said(values);
    return { config: controllerConfig(settings), warnings, settings };
  };
  const { config, settings, warnings } = read();
  for (const warning of warnings) process.stderr.write(`ipam-controller: warning: ${warning}\n`);
  if (!flags.check) return runController(config, { rows: controllerSettings, settings, read });
  if (config.kubeconfig !== undefined) kubeconfigAccess(config.kubeconfig);
  process.stdout.write(`the configuration can be used: lease "${config.leaseName}"\n`);
}

runProgram('ipam-controller', main);
