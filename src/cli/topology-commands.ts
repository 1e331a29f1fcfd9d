import type { Command } from 'commander';
import { stringify } from 'yaml';
import { ipamNodeKind } from '../resources/ipam-node.ts';
import { readJson } from '../resources/json-text.ts';
import { topologyKind, topologyName } from '../resources/network-topology.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { unified } from './diff-resources.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, type Output, showData } from './output.ts';
import { tellMissing } from './partial.ts';
import { reference } from './reference.ts';
import { type Run, type Session, withClient } from './run.ts';
import { readTopologyFile } from './topology-file.ts';
import { planText } from './topology-plan.ts';
import { placeData, showPlaces } from './topology-tree.ts';

const fileArgument = ['<file>', 'of YAML or JSON, or "-" for standard input'] as const;

/** `topology`: the zones, pods and TORs of the network, and whose addresses are which. */
export function addTopologyCommands(program: Command, run: Run): void {
  const topology = program
    .command('topology')
    .description('show and change the network: zones, pods, TORs, and which addresses are whose')
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli topology plan dc.yaml         what an apply would change, and whether it would be refused
  ipam-cli topology apply dc.yaml        change it, and make the pools of its subnets
  ipam-cli topology show                 the tree, and how full each place is
  ipam-cli topology export > dc.yaml     as a file

FILE is YAML or JSON, or "-" for standard input: see docs/topology.md.`,
    );
  topology
    .command('apply')
    .argument(...fileArgument)
    .description('put the topology of a file in the place of the present one, and make the pools of its subnets')
    .action(withClient(run, (session, file: string) => apply(session, run, file)));
  topology
    .command('plan')
    .argument(...fileArgument)
    .description(
      'show which prefixes would appear, move or vanish, and how large routing tables would be; nothing is written',
    )
    .action(withClient(run, (session, file: string) => plan(session, run, file)));
  topology
    .command('show')
    .description('show the places as a tree, with what is used of each')
    .action(withClient(run, (session) => show(session, run)));
  topology
    .command('diff')
    .argument(...fileArgument)
    .description('show in which lines a file differs from the present topology')
    .action(withClient(run, (session, file: string) => differences(session, run, file)));
  topology
    .command('export')
    .description('print the present topology and its nodes as a file')
    .action(withClient(run, exported));
}

async function plan({ client, output }: Session, run: Run, file: string): Promise<void> {
  const { spec } = await readTopologyFile(file);
  const planned = await client.topology('Plan', { spec_json: JSON.stringify(spec) });
  if (planned.refusals.length > 0) run.setExit(exitCodes.failed);
  else if (planned.changes.length > 0) run.setExit(exitCodes.differs);
  if (isData(output)) showData(output, planned);
  else output.print(planText(output, planned));
}

/** Nodes of one call. */
const batch = 500;

async function apply({ client, output }: Session, run: Run, file: string): Promise<void> {
  const { spec, nodes } = await readTopologyFile(file);
  const spec_json = JSON.stringify(spec);
  const planned = await client.topology('Plan', { spec_json });
  if (planned.refusals.length > 0) {
    run.setExit(exitCodes.failed);
    if (isData(output)) return showData(output, { plan: planned, outcome: 'refused' });
    return output.print(planText(output, planned));
  }
  // Nodes first: each looks where it is when the first pool of a place is there.
  const registered = { created: 0, configured: 0, unchanged: 0 };
  for (let at = 0; at < nodes.length; at += batch) {
    const some = nodes.slice(at, at + batch).map(({ id, spec }) => ({ node_id: id, spec_json: JSON.stringify(spec) }));
    const { created, configured, unchanged } = await client.topology('RegisterNodes', { nodes: some });
    registered.created += created;
    registered.configured += configured;
    registered.unchanged += unchanged;
  }
  const { plan, outcome, pools_applied, pools_deleted } = await client.topology('Apply', { spec_json });
  if (isData(output)) return showData(output, { plan, outcome, pools_applied, pools_deleted, nodes: registered });
  const name = reference(topologyKind, topologyName);
  if (output.format === 'name') return output.print(`${name}\n`);
  if (plan !== null && plan.changes.length > 0) output.print(planText(output, plan));
  output.print(`${name} ${outcome}\n`);
  if (pools_applied.length + pools_deleted.length > 0)
    output.print(`pools: ${pools_applied.length} made or changed, ${pools_deleted.length} deleted\n`);
  if (nodes.length > 0)
    output.print(
      `nodes: ${registered.created} created, ${registered.configured} changed, ${registered.unchanged} unchanged\n`,
    );
}

async function show({ client, output }: Session, run: Run): Promise<void> {
  const { spec_json, zones, unanswered } = await client.topology('Show', {});
  requirePresent(spec_json);
  tellMissing(run, unanswered);
  if (isData(output)) showData(output, { zones: zones.map(placeData), unanswered });
  else showPlaces(output, zones);
}

async function differences({ client, output }: Session, run: Run, file: string): Promise<void> {
  const { spec } = await readTopologyFile(file);
  const { spec_json } = await client.topology('Show', {});
  const before = spec_json === '' ? '' : stringify(readJson(spec_json));
  const diff = unified('topology', before, stringify(spec));
  if (diff !== '') run.setExit(exitCodes.differs);
  if (isData(output)) showData(output, { diff });
  else output.print(diff);
}

async function exported({ client, output }: Session): Promise<void> {
  const { spec_json } = await client.topology('Show', {});
  requirePresent(spec_json);
  const { json } = await client.resources('List', { kind: ipamNodeKind });
  const nodes = json.map((one) => {
    const { metadata, spec } = readJson(one) as Resource<string, object>;
    return { id: metadata.name, ...spec };
  });
  const file = { topology: readJson(spec_json) as object, ...(nodes.length === 0 ? {} : { nodes }) };
  // A file, whatever a table would be.
  const written: Output = isData(output) ? output : { ...output, format: 'yaml' };
  showData(written, file);
}

/** @throws CliError not-found */
function requirePresent(spec: string): void {
  if (spec !== '') return;
  throw new CliError('there is no topology', {
    ...{ code: 'not-found', exit: exitCodes.notFound },
    advice: 'make one with ipam-cli topology apply FILE',
  });
}
