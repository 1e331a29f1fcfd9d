import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RenderOptions } from './bgp-commands.ts';
import { render } from './bgp-render.ts';
import type { GlobalOptions, Run } from './run.ts';

const configs = join(import.meta.dirname, '../../configs');
const filename = join(configs, 'topology-bgp-example.json');

async function rendered(more: Partial<RenderOptions>, format: GlobalOptions['output'] = 'table') {
  const [texts, notes]: [string[], string[]] = [[], []];
  const run = {
    options: () => ({ output: format, color: false }),
    print: (text: string) => texts.push(text),
    note: (text: string) => notes.push(text),
    isTerminal: false,
  } as unknown as Run;
  await render(run, { for: 'bird', filename, offline: true, block: [], address: [], ...more });
  return { text: texts.join(''), notes };
}

describe('ipam-cli bgp render', () => {
  it.each([
    ['bird', 'bird-node-example.conf'],
    ['calico', 'calico-bgp-config.yaml'],
  ] as const)('for %s makes configs/%s of configs/topology-bgp-example.json', async (software, file) => {
    const { text } = await rendered({
      for: software,
      node: 'node-1',
      block: ['10.244.4.0/26'],
      address: ['10.244.100.7'],
    });
    expect(text).toBe(readFileSync(join(configs, file), 'utf8'));
  });

  it('announces the subnets of its TORs at a leaf, as the policy says', async () => {
    const { text } = await rendered({ leaf: 'leaf-1' });
    expect(text).toContain('define AGGREGATES4 = [ 10.244.4.0/22, 10.244.100.0/24, 10.244.8.0/22 ];');
    expect(text).toContain('neighbor 192.168.2.13 as 4200000004;');
  });

  it('tells beside the output what the software cannot do', async () => {
    expect((await rendered({ for: 'gobgp', spine: 'spine-1' })).notes).toContain(
      'gobgp: it has no BFD: a peer is missed when the hold time is over',
    );
  });

  it('is data for programs', async () => {
    const { text } = await rendered({ for: 'frr', spine: 'spine-1' }, 'json');
    expect(JSON.parse(text)).toMatchObject({ name: 'spine-1', for: 'frr', notes: [] });
  });

  it.each([
    ['nobody is named', {}, /^whose configuration\? One of --node, --leaf and --spine$/],
    ['two are named', { node: 'node-1', leaf: 'leaf-1' }, /^whose configuration\?/],
    ['nobody has that name', { node: 'nine' }, /^the topology has no node "nine"$/],
    [
      'the file is not there',
      { node: 'node-1', filename: '/nowhere/topology.json' },
      /^cannot read \/nowhere\/topology.json: ENOENT/,
    ],
    ['a block is none', { node: 'node-1', block: ['10.244.4.1/26'] }, /is not a prefix: host bits are set/],
  ])('is refused when %s', async (_why, more, message) => {
    await expect(rendered(more)).rejects.toThrow(message);
  });
});
