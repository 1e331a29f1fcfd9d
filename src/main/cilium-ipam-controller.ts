import { type CiliumFlags, ciliumConfig } from '../config/cilium-config.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { ciliumProgram } from './programs.ts';
import { runCiliumController } from './run-cilium-controller.ts';
import { configText, runProgram } from './server-program.ts';

interface Flags extends CiliumFlags {
  readonly config?: string;
  readonly check?: boolean;
}

const program = ciliumProgram();

async function main(): Promise<void> {
  program.exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2));
  const { config: file, check, ...flags } = program.parse().opts<Flags>();
  const [text, source] = configText(file);
  const config = ciliumConfig(text, source, flags, process.env);
  if (!check) return runCiliumController(config);
  if (config.kubeconfig !== undefined) kubeconfigAccess(config.kubeconfig);
  process.stdout.write(`the configuration can be used: lease "${config.leaseName}"\n`);
}

runProgram('cilium-ipam-controller', main);
