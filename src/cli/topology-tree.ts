import type { Fill__Output } from '../api/generated/ipam/Fill.ts';
import type { PlaceFill__Output } from '../api/generated/ipam/PlaceFill.ts';
import { countData } from './counts.ts';
import { type Column, type Output, table } from './output.ts';

/** A line of the tree: a place, or a subnet of it. */
interface Line {
  readonly label: string;
  readonly what: string;
  readonly fills: readonly Fill__Output[];
  readonly nodes: string;
}

const columns: readonly Column<Line>[] = [
  { title: 'PLACE', text: ({ label }) => label },
  { title: 'NAME', text: ({ what }) => what },
  { title: 'NODES', text: ({ nodes }) => nodes },
  { title: 'USED', text: ({ fills }) => fills.map(usedOf).join(', ') },
];

function usedOf({ used, total, unknown }: Fill__Output): string {
  return `${used} of ${total}${unknown === '0' ? '' : ` (${unknown} unknown)`}`;
}

export function showPlaces(output: Output, zones: readonly PlaceFill__Output[]): void {
  output.print(
    table(
      output,
      columns,
      zones.flatMap((zone) => linesOf(zone, '', '')),
    ),
  );
}

/** @param at before its own line @param below before the lines of what is in it */
function linesOf(place: PlaceFill__Output, at: string, below: string): readonly Line[] {
  const { level, id, name, location, fills, nodes, subnets, children } = place;
  const title = level === 'tor' ? 'TOR' : level;
  const words = [name === id ? '' : name, location].filter((text) => text !== '').join(', ');
  const own = { label: `${at}${title} ${id}`, what: words, fills, nodes: String(nodes) };
  const inner = subnets.length + children.length;
  const branch = (index: number) =>
    (index === inner - 1 ? ['└─ ', '   '] : ['├─ ', '│  ']) as readonly [string, string];
  const ofSubnets = subnets.map(({ cidr, purpose, fill }, index) => ({
    label: `${below}${branch(index)[0]}${cidr}`,
    what: purpose,
    fills: fill === null ? [] : [fill],
    nodes: '',
  }));
  const ofChildren = children.flatMap((child, index) => {
    const [line, more] = branch(subnets.length + index);
    return linesOf(child, `${below}${line}`, `${below}${more}`);
  });
  return [own, ...ofSubnets, ...ofChildren];
}

export function placeData({ fills, subnets, children, ...place }: PlaceFill__Output): object {
  return {
    ...place,
    fills: fills.map(fillData),
    subnets: subnets.map(({ fill, ...subnet }) => ({ ...subnet, ...(fill === null ? {} : fillData(fill)) })),
    children: children.map(placeData),
  };
}

function fillData({ family, total, used, unknown }: Fill__Output): object {
  return { family, total: countData(total), used: countData(used), unknown: countData(unknown) };
}
