import { describe, expect, it } from 'vitest';
import { complete, type KnownNames } from './complete.ts';
import { buildProgram } from './program.ts';

const known: KnownNames = {
  pools: async () => ['office', 'lab'],
  nodes: async () => ['node1', 'node2'],
  blocks: async (node) => (node === 'node1' ? ['10.244.1.0/24'] : ['10.244.2.0/24']),
  members: async () => ['ipam-1'],
  resources: async (kind) => [`a-${kind}`],
};
const silent = {
  print: () => {},
  warn: () => {},
  note: () => {},
  isTerminal: false,
  width: undefined,
  setExit: () => {},
};

async function at(line: string) {
  const { candidates, files } = await complete(buildProgram(silent, '1.2.3'), line.split(' '), known);
  return { values: candidates.map(({ value }) => value), files };
}
const values = async (line: string) => (await at(line)).values;

describe('completion', () => {
  it.each([
    ['st', ['status', 'stats']],
    ['le', []],
    ['certs i', ['init', 'issue']],
    ['certs issue ', ['viewer', 'operator', 'admin', 'node', 'member']],
    ['-o ', ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath=']],
    ['stats -o j', ['json', 'jsonpath=']],
    ['--output=y', ['--output=yaml']],
    ['get p', ['pool']],
    [
      'get ',
      [
        'subnet',
        'pool',
        'reservedip',
        'endpoint',
        'block',
        'claim',
        'occupancy',
        'iphistory',
        'iphistorysegment',
        'topology',
        'node',
      ],
    ],
    ['get pool ', ['a-pool']],
    ['--daemon localhost:9090 get pool ', ['a-pool']],
    ['get -o json pool ', ['a-pool']],
    ['get pool a b ', []],
    ['addresses --pool ', ['office', 'lab']],
    ['addresses --pool=l', ['--pool=lab']],
    ['addresses --node node2 --po', ['--pool']],
    ['blocks ', ['node1', 'node2']],
    ['release node1 ', ['10.244.1.0/24']],
    ['release --force node2 ', ['10.244.2.0/24']],
    ['members remove ', ['ipam-1']],
    ['members add ', []],
    ['lookup ', []],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['forget -- --', []],
    ['quarantine 10.0.0.1 --r', ['--reason']],
  ])('of "ipam-cli %s" is %j', async (line, expected) => expect(await values(line)).toEqual(expected));

  it('offers the options of a command and of the program', async () => {
    expect(await values('addresses --')).toEqual(
      expect.arrayContaining(['--pool', '--limit', '--daemon', '--output', '--help']),
    );
    expect(await values('stats --')).not.toContain('--pool');
  });

  it.each(['apply -f ', '--cacert ', '--daemon ', 'snapshot save ', 'certs show ', 'certs show a.crt ', 'delete -f x'])(
    'offers paths at "ipam-cli %s"',
    async (line) => expect(await at(line)).toEqual({ values: [], files: true }),
  );

  it('says what a command is, and hides the one that the scripts call', async () => {
    const { candidates } = await complete(buildProgram(silent, '1.2.3'), [''], known);
    expect(candidates).toContainEqual({ value: 'check', help: expect.stringContaining('invariants') });
    expect(candidates.map(({ value }) => value)).not.toContain('__complete');
  });
});
