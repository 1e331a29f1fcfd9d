import { describe, expect, it } from 'vitest';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { skipEach } from '../kit/skip.ts';
import { walkBgp } from './bgp.ts';
import { type Block, blocksIn, blocksOf, pages } from './blocks.ts';
import { walkCluster } from './cluster.ts';
import { walkMonitoring, walkStart, walkTopology } from './start.ts';
import { stepIn } from './steps.ts';

/** What a reader sees; shown when it fails. */
const audience = { say: (text: string) => void process.stdout.write(text) };

describe('a mark of a page', () => {
  const blockIn = (text: string): Block => {
    const [block] = blocksIn('page.md', text);
    if (block === undefined) throw new Error('no block');
    return block;
  };

  it('says in which walk-through the block after it is, and where its lines are typed', () => {
    const block = blockIn(
      'Do\n\n<!-- walkthrough: cluster; on ipam-1; first ipam-2 is killed; shows a +b; shows c -->\n```sh\none \\\n  two   # why\nthree  # on ipam-3; so\nfour # on every node\n```\n',
    );
    expect(block.line).toBe(4);
    expect(stepIn(block)).toMatchObject({
      walk: 'cluster',
      on: 'ipam-1',
      killed: 'ipam-2',
      shows: [/a +b/, /c/],
      commands: [
        { text: 'one two', on: undefined },
        { text: 'three', on: 'ipam-3' },
        { text: 'four', on: 'every node' },
      ],
    });
  });

  it('makes of a block the text of a file', () => {
    const block = blockIn('<!-- walkthrough: start; file /etc/a.json -->\n```json\n{ "a": 1 } # no comment\n```\n');
    expect(stepIn(block)).toMatchObject({ file: '/etc/a.json', commands: [] });
    expect(block.text).toBe('{ "a": 1 } # no comment\n');
  });

  it('is refused when it says something else', () => {
    const block = blockIn('<!-- walkthrough: start; twice -->\n```sh\na\n```\n');
    expect(() => stepIn(block)).toThrow('page.md:2: a walk-through knows no "twice"');
  });

  it('names a walk-through that there is, in every page, and stands right before a block', () => {
    const marked = pages.flatMap(blocksOf).flatMap((block) => stepIn(block) ?? []);
    const names = [
      'start',
      'topology',
      'monitoring',
      'bgp',
      'cluster',
      'kubernetes',
      'kube-ipam',
      'statefulset',
      'subnet',
      'operator',
      'kubevirt',
      'cilium-delegated',
    ];
    expect(new Set(marked.map(({ walk }) => walk))).toEqual(new Set(names));
  });
});

describe.skipIf(needsRoot !== '')(asRoot('the walk-through'), () => {
  it('start: installs, starts, and a container has addresses of both families', async () => {
    await walkStart(audience);
  });

  it('topology: a data centre in a file, and an address of the own rack', async () => {
    await walkTopology(audience);
  });

  it('cluster: three hosts with certificates, two agents, one member lost', async () => {
    await walkCluster(audience);
  });
});

describe.skipIf(needsRoot !== '')(asRoot('a walk-through that takes minutes'), () => {
  // What they show, other tests show with less (test/monitoring/prometheus, test/bgp).
  skipEach(process.env.BERTH_WALKS === 'all' ? '' : 'left to make walkthrough NAME=…; BERTH_WALKS=all does it here');

  it('monitoring: a pool that is full, and the alert', () => walkMonitoring(audience));
  it('bgp: two racks and their leaf, and a ping between Pods', () => walkBgp(audience));
});
