import { stringify } from 'yaml';
import type { UnansweredNode__Output } from '../api/generated/ipam/UnansweredNode.ts';
import { birdConfig } from '../bgp/bird.ts';
import { calicoObjects } from '../bgp/calico.ts';
import { type Fabric, leafSpeaker, type NodeAddresses, nodeSpeaker, spineSpeaker } from '../bgp/fabric.ts';
import { fabricOf } from '../bgp/fabric-of-topology.ts';
import { frrConfig } from '../bgp/frr.ts';
import { gobgpConfig } from '../bgp/gobgp.ts';
import { headerOf, type Rendered } from '../bgp/rendered.ts';
import type { Speaker } from '../bgp/speaker.ts';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { listAllocations } from './allocation-pages.ts';
import type { RenderOptions, Software } from './bgp-commands.ts';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { missingText } from './partial.ts';
import { outputOf, type Run, withClient } from './run.ts';
import { readTopologyFile } from './topology-file.ts';

/** Each by what it reads. */
const renderers: Readonly<Record<Software, (speaker: Speaker) => Rendered>> = {
  bird: birdConfig,
  frr: frrConfig,
  gobgp: (speaker) => {
    const { config, commands, notes } = gobgpConfig(speaker);
    const after = commands.map((command) => `# ${command}`);
    return { text: `${[headerOf(speaker.name), stringify(config).trimEnd(), ...after].join('\n')}\n`, notes };
  },
  calico: (speaker) => {
    const { objects, notes } = calicoObjects([speaker]);
    return { text: objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n'), notes };
  },
};

/** Prints the configuration of one speaker. */
export async function render(run: Run, options: RenderOptions): Promise<void> {
  const fabric = fabricOf(await readTopologyFile(options.filename));
  const speaker = await speakerOf(run, fabric, options);
  const { text, notes } = renderers[options.for](speaker);
  for (const note of notes) run.note(`${options.for}: ${note}`);
  const output = outputOf(run);
  if (isData(output)) showData(output, { name: speaker.name, for: options.for, text, notes });
  else output.print(text);
}

async function speakerOf(run: Run, fabric: Fabric, options: RenderOptions): Promise<Speaker> {
  const { node, leaf, spine } = options;
  const [one, other] = [node, leaf, spine].filter((name) => name !== undefined);
  if (one === undefined || other !== undefined) {
    throw new CliError('whose configuration? One of --node, --leaf and --spine', {
      code: 'usage',
      exit: exitCodes.usage,
    });
  }
  if (leaf !== undefined) return leafSpeaker(fabric, leaf);
  if (spine !== undefined) return spineSpeaker(fabric, spine);
  return nodeSpeaker(fabric, one, await addressesOf(run, one, options));
}

async function addressesOf(run: Run, node: string, options: RenderOptions): Promise<NodeAddresses> {
  const said = { blocks: options.block.map(parsePrefix), held: options.address.map(parseAddress) };
  if (options.offline === true) return said;
  let told: NodeAddresses = { blocks: [], held: [] };
  await withClient(run, async ({ client }) => {
    told = { blocks: await blocksOf(client, node), held: await heldOn(client, node) };
  })();
  return { blocks: [...told.blocks, ...said.blocks], held: [...told.held, ...said.held] };
}

async function blocksOf(client: Client, node: string): Promise<NodeAddresses['blocks']> {
  const { blocks, unanswered } = await client.call('GetNodeBlocks', { node_id: node });
  requireWhole(unanswered);
  return blocks.map(({ cidr }) => parsePrefix(cidr));
}

async function heldOn(client: Client, node: string): Promise<NodeAddresses['held']> {
  const { allocations, unanswered } = await listAllocations(client, { node_id: node });
  requireWhole(unanswered);
  return allocations.flatMap(({ addresses }) => addresses.map(({ ip }) => parseAddress(ip)));
}

/** What is missing in a configuration is withdrawn by whoever reads it. @throws CliError partial */
function requireWhole([first]: readonly UnansweredNode__Output[]): void {
  if (first === undefined) return;
  throw new CliError(`not all of its routes are known: ${missingText(first)}`, {
    ...{ code: 'partial', exit: exitCodes.partial },
    advice: 'ask again when it answers, or say with --offline, --block and --address what is to be announced',
  });
}
