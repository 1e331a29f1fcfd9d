import { Command } from 'commander';
import { type ControllerFlags, controllerConfig } from '../config/controller-config.ts';
import { kubeconfigAccess } from '../store/kubernetes/kubeconfig.ts';
import { runController } from './run-controller.ts';
import { configText, runProgram } from './server-program.ts';
import { version } from './version.ts';

interface Flags extends ControllerFlags {
  readonly config?: string;
  readonly check?: boolean;
}

const program = new Command('ipam-controller')
  .description(
    'Keeps what is derived for a Kubernetes cluster: status of pools and subnets, endpoints, clean-up; and the admission webhook.',
  )
  .version(version)
  .option('--config <file>', 'configuration file (YAML); flags win over it')
  .option('--kubeconfig <file>', 'how to reach the Kubernetes API (default: the service account of the Pod)')
  .option('--namespace <name>', "where the lease is kept (default: the Pod's own, or berth-system)")
  .option('--lease-name <name>', 'name of the Lease that replicas compete for (default: ipam-controller)')
  .option('--lease-duration <time>', 'how long others wait for a silent leader (default: 15s)')
  .option('--renew-deadline <time>', 'how long a leader goes on without having renewed (default: 10s)')
  .option('--retry-period <time>', 'between two attempts to take or renew the lease (default: 2s)')
  .option('--resync-interval <time>', 'between two looks at everything (default: 10m)')
  .option('--lost-nodes-interval <time>', 'between two looks for what lost nodes left (default: 1m)')
  .option('--webhook-addr <host:port>', 'the admission webhook; "" turns it off (default: 0.0.0.0:9443)')
  .option('--webhook-cert-dir <dir>', 'tls.crt, tls.key and ca.crt of the webhook (default: made and kept in a Secret)')
  .option('--webhook-client-ca <file>', 'only callers with a certificate of this authority may ask the webhook')
  .option('--webhook-client-names <names>', 'and of these common names, comma-separated (default: any)')
  .option('--webhook-hosts <names>', 'what API servers reach the webhook by, comma-separated (default: its Service)')
  .option('--metrics-addr <host:port>', 'health and metrics; "" turns it off (default: 0.0.0.0:2113)')
  .option('--check', 'read the configuration and the kubeconfig that it names, say whether they can be used, and exit')
  .option('--log-level <level>', 'debug, info, warn or error (default: info)')
  .option('--log-format <format>', 'json or text (default: json)')
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
  const config = controllerConfig(...configText(file), flags);
  if (!flags.check) return runController(config);
  if (config.kubeconfig !== undefined) kubeconfigAccess(config.kubeconfig);
  process.stdout.write(`the configuration can be used: lease "${config.leaseName}"\n`);
}

runProgram('ipam-controller', main);
