import { Command, Option } from 'commander';
import { addBgpCommands } from './bgp-commands.ts';
import { addBlockCommands } from './block-commands.ts';
import { addBundleCommand } from './bundle-command.ts';
import { addCertsCommands } from './certs-commands.ts';
import { addCheckCommands } from './check-commands.ts';
import { CliError } from './cli-error.ts';
import { complete } from './complete.ts';
import { completeCommand, completionLines, completionScript, kubectlLines } from './completion.ts';
import { addDrainCommand } from './drain-command.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import { addExplainCommands } from './explain-commands.ts';
import { addForecastCommand } from './forecast-command.ts';
import { addFreeCommand } from './free-command.ts';
import { addGcCommand } from './gc-command.ts';
import { addHistoryCommand } from './history-command.ts';
import { addIdentityCommands } from './identity-commands.ts';
import { namesOfDaemon } from './known-names.ts';
import { addMemberCommands } from './member-commands.ts';
import { addMigrateCommand } from './migrate-commands.ts';
import { formatOf, formats } from './output.ts';
import { addQuarantineCommands } from './quarantine-commands.ts';
import { addReadyCommand } from './ready-command.ts';
import { addResourceCommands } from './resource-commands.ts';
import type { GlobalOptions, Run } from './run.ts';
import { addScanCommand } from './scan-command.ts';
import { addSetCommand } from './set-command.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { addStatusCommands } from './status-commands.ts';
import { addTopologyCommands } from './topology-commands.ts';
import { addValuesCommand } from './values-command.ts';

const examples = `
Examples:
  ipam-cli stats                         totals, and each node
  ipam-cli addresses --node node1 -o wide
  ipam-cli lookup 10.244.0.5             who holds it
  ipam-cli lookup default/web-0          what the Pod holds
  ipam-cli explain default/web-0         why it holds it, or why it gets none
  ipam-cli history 10.244.0.5 --at 03:10 who had it then
  ipam-cli apply -f pools.yaml
  ipam-cli members list                  who belongs to the cluster, and how they are
  ipam-cli check                         is every promise kept?

${exitCodeHelp}`;

/** The same word means the same in every command. */
const argumentHelp: Readonly<Record<string, string>> = {
  address: 'an IPv4 or IPv6 address',
  addresses: 'IPv4 and IPv6 addresses',
  archive: 'path of the file to write, NAME.tar.gz',
  cidr: 'a block, as `ipam-cli blocks` shows it',
  file: 'path of the snapshot',
  folder: 'with tls.crt and tls.key, as certs issue made it',
  'host:port': 'where its daemon will be reached (--bind-addr, --advertise-addr)',
  kind: 'subnet (ss), pool (sp), reservedip (sr), endpoint (se), block, claim, occupancy, iphistory, iphistorysegment, topology (nt) or node (ipn)',
  kept: 'an address, identity/NAME, identity/NAMESPACE/NAME or pod/NAMESPACE/NAME',
  member: 'name or id, as `ipam-cli members list` shows it',
  name: 'of the resource, or of the member',
  names: 'of resources of that kind, or more of kind/name',
  'node-id': 'name of a node (--node-id of its daemon)',
  'kind-or-name': 'a kind, as of get, or kind/name as -o name shows it',
  what: 'an address, namespace/name of a Pod, or pool/NAME',
  whose: 'an address, namespace/name of a Pod, node/NAME, or pool/NAME',
  words: 'of the command line',
  'address-or-node': 'an address that a container held, or the node that has the block',
  paths: 'files of certificates, or folders of them',
  pool: 'a pool, as `ipam-cli pools` shows it',
  shell: 'bash, zsh or fish',
  subject: 'an address, the id of a container, or namespace/name of a Pod',
};

const cliName = 'ipam-cli';

/**
 * The whole command line, without running it.
 * @param name as who asks for help has called it: `kubectl berth` is the same program
 */
export function buildProgram(process: Omit<Run, 'options'>, version: string, name = cliName): Command {
  const program = new Command(name)
    .description('Shows and changes what ipam-daemon keeps: pools, blocks, addresses.')
    .version(version)
    .addOption(
      new Option('--daemon <address>', 'socket path, or host:port').env('IPAM_DAEMON').default('/run/ipam/ipam.sock'),
    )
    .addOption(new Option('--cacert <file>', 'whom to believe, over TCP with TLS').env('IPAM_CACERT'))
    .addOption(new Option('--cert <file>', 'certificate to show').env('IPAM_CERT'))
    .addOption(new Option('--key <file>', 'its private key').env('IPAM_KEY'))
    .addOption(
      new Option('--server-name <name>', "name in the daemon's certificate (default: the host that is called)").env(
        'IPAM_SERVER_NAME',
      ),
    )
    .addOption(
      new Option(
        '-o, --output <format>',
        "how to print; jsonpath='{.items[*].metadata.name}' and the like as of kubectl",
      )
        .choices([...formats])
        .default('table')
        .argParser(knownFormat),
    )
    .option('--no-color', 'no colours (there are none anyway when the output is not a terminal)')
    .option('--timeout <seconds>', 'for each call', '30')
    .addHelpText('after', examples);
  let running = program;
  const run: Run = { ...process, options: () => ({ ...program.opts<GlobalOptions>(), ...listOptionsOf(running) }) };
  addReadyCommand(program, run);
  addStatusCommands(program, run);
  addExplainCommands(program, run);
  addFreeCommand(program, run);
  addHistoryCommand(program, run);
  addForecastCommand(program, run);
  addBlockCommands(program, run);
  addSetCommand(program, run);
  addGcCommand(program, run);
  addDrainCommand(program, run);
  addIdentityCommands(program, run);
  addQuarantineCommands(program, run);
  addScanCommand(program, run);
  addResourceCommands(program, run);
  addTopologyCommands(program, run);
  addBgpCommands(program, run);
  addMemberCommands(program, run);
  addSnapshotCommands(program, run);
  addCertsCommands(program, run);
  addCheckCommands(program, run, version);
  addMigrateCommand(program, run);
  addValuesCommand(program, run);
  addBundleCommand(program, run, version);
  program
    .command('completion <shell>')
    .description('print the completion script for bash, zsh or fish')
    .action((shell: string) => process.print(completionScript(shell, cliName)));
  addCompleteCommand(program, run);
  program.hook('preAction', (_program, command) => {
    running = command;
    requireNames(command, run);
  });
  for (const command of everyCommand(program)) {
    addListOptions(command);
    for (const argument of command.registeredArguments) argument.description ||= argumentHelp[argument.name()] ?? '';
  }
  return program;
}

/** @throws CliError usage */
function knownFormat(text: string): string {
  formatOf(text);
  return text;
}

function addCompleteCommand(program: Command, run: Run): void {
  program
    .command(`${completeCommand} [words...]`, { hidden: true })
    .description('what may stand at the cursor, for the scripts of completion')
    .option('--kubectl', 'as kubectl reads it, of its plugins')
    .action(async (words: readonly string[], { kubectl = false }: { kubectl?: boolean }) => {
      // Which daemon is asked says the line that is being written.
      program.parseOptions([...words.slice(0, -1)]);
      const found = await complete(program, words, namesOfDaemon(run.options()));
      run.print(kubectl ? kubectlLines(found) : completionLines(found));
    });
}

/** Commands whose output is a list of things that have names. */
const named: ReadonlySet<string> = new Set(
  'pools blocks addresses namespaces lookup free forecast scan allocate get apply delete list __complete'.split(' '),
);

/** @throws CliError usage: there is nothing that `-o name` could show */
function requireNames(command: Command, run: Run): void {
  if (run.options().output !== 'name' || named.has(command.name())) return;
  throw new CliError(`-o name: ${command.name()} shows nothing that has a name`, {
    code: 'usage',
    advice: 'table, wide, json or yaml',
    exit: exitCodes.usage,
  });
}

/** Commands that show a list that may be sorted; and which of these ask a daemon, and can do so again. */
const lists: ReadonlySet<string> = new Set(
  'pools blocks addresses namespaces lookup forecast free stats status get gc history members/list certs/show'.split(
    ' ',
  ),
);
const notWatched: ReadonlySet<string> = new Set(['gc', 'history', 'certs/show']);

function pathOf(command: Command): string {
  return command.parent?.parent ? `${command.parent.name()}/${command.name()}` : command.name();
}

function addListOptions(command: Command): void {
  const path = pathOf(command);
  if (!lists.has(path)) return;
  command
    .option('--sort-by <column>', 'in the order of a column; -COLUMN: the other way round')
    .option('--columns <titles>', 'only these columns, in this order: name,used');
  if (!notWatched.has(path)) command.option('-w, --watch', 'again whenever it has changed, until interrupted');
}

/** @throws CliError usage: columns of what has none */
function listOptionsOf(command: Command): Pick<GlobalOptions, 'sortBy' | 'columns' | 'watch'> {
  if (!lists.has(pathOf(command))) return {};
  const { sortBy, columns, watch } = command.opts<GlobalOptions>();
  return {
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(columns === undefined ? {} : { columns }),
    ...(watch === undefined ? {} : { watch }),
  };
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
