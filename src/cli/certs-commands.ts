import { type Command, Option } from 'commander';
import { type Role, roles } from '../tls/identity.ts';
import type { Shown } from './certificates.ts';
import { type Column, show } from './output.ts';
import { outputOf, type Run } from './run.ts';

const columns: readonly Column<Shown>[] = [
  { title: 'FILE', text: ({ file }) => file },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ROLE', text: ({ role }) => role },
  { title: 'EXPIRES', text: ({ notAfter }) => notAfter },
  { title: 'DAYS', text: ({ days }) => String(days) },
  { title: 'NAMES', text: ({ hosts }) => hosts.join(',') || '-' },
  { title: 'SERIAL', text: ({ serial }) => serial, wide: true },
  { title: 'ISSUER', text: ({ issuer }) => issuer, wide: true },
];

interface Where {
  readonly dir: string;
}

interface Making extends Where {
  readonly days: string;
  readonly force?: boolean;
}

/** `certs`: an authority and certificates for those who have none. Needs no daemon. */
export function addCertsCommands(program: Command, run: Run): void {
  const certs = program
    .command('certs')
    .description('an authority and certificates, for those who have no PKI of their own')
    .addHelpText('after', helpText);
  const dir = () => new Option('--dir <folder>', 'where the authority is kept').default('pki').env('IPAM_PKI');
  // Loaded when needed: what writes certificates takes as long to load as all the rest.
  const load = () => import('./certificates.ts');
  const print = (shown: readonly Shown[]): void => show(outputOf(run), columns, shown, shown);

  certs
    .command('init')
    .description('make an authority: ca.crt and ca.key')
    .addOption(dir())
    .option('--name <name>', 'of the authority', 'berth-ca')
    .option('--days <days>', 'how long it is valid', '3650')
    .option('--force', 'replace the one that is there: all its certificates become useless')
    .action(async (options: Making & { name: string }) => print([(await load()).init(options)]));
  certs
    .command('issue')
    .argument('<role>', `one of ${roles.join(', ')}`)
    .argument('<name>', 'of the node, or of the person')
    .description('make a certificate: NAME/ca.crt, tls.crt and tls.key')
    .addOption(dir())
    .option('--dns <names>', 'names that a node or a member is called by, comma-separated', '')
    .option('--ip <addresses>', 'its addresses, comma-separated', '')
    .option('--days <days>', 'how long it is valid', '365')
    .option('--out <folder>', 'where to put the three files (default: NAME in the folder of the authority)')
    .option('--force', 'replace files that are there')
    .action(async (role: string, name: string, options: Making & { dns: string; ip: string; out?: string }) =>
      print([(await load()).issueFor(role as Role, name, options)]),
    );
  certs
    .command('renew <folder>')
    .description('make the certificate in a folder anew, for the same name, role and addresses')
    .addOption(dir())
    .option('--new-key', 'with a new private key (default: keeps the key)')
    .option('--days <days>', 'how long it is valid', '365')
    .action(async (folder: string, options: Making & { newKey?: boolean }) =>
      print([(await load()).renew(folder, options)]),
    );
  certs
    .command('show [paths...]')
    .description('what certificates say: files, or folders of them (default: the folder of the authority)')
    .addOption(dir())
    .action(async (paths: readonly string[], { dir: folder }: Where) =>
      print((await load()).showAll(paths.length === 0 ? [folder] : paths)),
    );
}

const helpText = `
Example:
  ipam-cli certs init
  ipam-cli certs issue member ipam-1 --ip 192.0.2.11
  ipam-cli certs issue operator alice
  scp -r pki/ipam-1/. root@192.0.2.11:/var/lib/ipam/pki/
  ipam-cli --daemon 192.0.2.11:9090 --cacert pki/alice/ca.crt --cert pki/alice/tls.crt --key pki/alice/tls.key stats

Keep ca.key away from the cluster: whoever has it can be anybody. A daemon takes renewed files without a restart.`;
