import { type Command, Option } from 'commander';
import type { Run } from './run.ts';

const software = ['bird', 'frr', 'gobgp', 'calico'] as const;
/** Who reads what is rendered. */
export type Software = (typeof software)[number];

export interface RenderOptions {
  readonly for: Software;
  readonly filename: string;
  readonly node?: string;
  readonly leaf?: string;
  readonly spine?: string;
  readonly offline?: boolean;
  readonly block: readonly string[];
  readonly address: readonly string[];
}

/** `bgp`: what routers are to be told. */
export function addBgpCommands(program: Command, run: Run): void {
  const more = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  program
    .command('bgp')
    .description('routes of blocks and of addresses outside them, by the routing daemon of your choice')
    .command('render')
    .description('print the configuration of a node, a leaf or a spine, by the topology in a file')
    .addOption(new Option('--for <software>', 'which reads it').choices(software).makeOptionMandatory())
    .requiredOption('-f, --filename <file>', 'the topology, JSON or YAML, with bgp, leaf_switches and spine_switches')
    .option('--node <name>', 'a node')
    .option('--leaf <id>', 'a leaf')
    .option('--spine <id>', 'a spine')
    .option('--offline', 'ask no daemon: announce what --block and --address say')
    .option('--block <cidr>', 'a block of the node; more by more of these', more, [])
    .option('--address <ip>', 'an address on the node; more by more of these', more, [])
    .addHelpText(
      'after',
      `
What a node has is asked of its daemon, or of any that knows it. Nothing is written anywhere: put the output where the routing
daemon reads it. What that software cannot do is said beside the output. docs/bgp.md has it all.

Examples:
  ipam-cli bgp render --node node-1 --for bird -f topology.json > /etc/bird/bird.conf
  ipam-cli bgp render --leaf leaf-1 --for frr -f topology.json
  ipam-cli bgp render --node node-1 --for bird -f topology.json --offline --block 10.244.1.0/24`,
    )
    .action(async (options: RenderOptions) => (await import('./bgp-render.ts')).render(run, options));
}
