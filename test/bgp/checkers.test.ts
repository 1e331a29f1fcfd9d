import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { birdConfig } from '../../src/bgp/bird.ts';
import { leafSpeaker, nodeSpeaker, spineSpeaker } from '../../src/bgp/fabric.ts';
import { frrConfig } from '../../src/bgp/frr.ts';
import { gobgpConfig } from '../../src/bgp/gobgp.ts';
import type { Speaker } from '../../src/bgp/speaker.ts';
import { parseAddress } from '../../src/ip/address.ts';
import { parsePrefix } from '../../src/ip/prefix.ts';
import { run } from '../kit/run.ts';
import { fabric } from './racks.ts';

const own = {
  blocks: [parsePrefix('10.244.4.0/24'), parsePrefix('fd00:10:1::/64')],
  held: [parseAddress('10.244.99.1')],
};
const aggregating = { ...fabric, isAggregatedAtLeaf: true };
const both = (speaker: Speaker): Speaker => ({
  ...speaker,
  within: [...speaker.within, parsePrefix('fd00:10::/48')],
  peers: speaker.peers.flatMap((peer) => [peer, { ...peer, address: parseAddress(`fd00:1::${peer.asn % 10_000}`) }]),
});
const speakers: readonly (readonly [string, Speaker])[] = [
  ['a node', nodeSpeaker(fabric, 'node-1', own)],
  ['a node that has nothing yet', nodeSpeaker(fabric, 'node-1', { blocks: [], held: [] })],
  ['a node that announces single addresses', nodeSpeaker({ ...fabric, isHostsOnly: true }, 'node-1', own)],
  ['a node of both families', both(nodeSpeaker(fabric, 'node-1', own))],
  ['a leaf', leafSpeaker(fabric, 'leaf-1')],
  ['a leaf that aggregates', leafSpeaker(aggregating, 'leaf-1')],
  ['a spine', spineSpeaker(fabric, 'spine-1')],
];

/** The programs that read these files check them. */
describe('what is rendered for', () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-bgp-check-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (text: string): string => {
    const path = join(directory, 'config');
    writeFileSync(path, text);
    return path;
  };
  const bird = (text: string) => run('bird', ['-p', '-c', file(text)]);
  const frr = (text: string) => run('vtysh', ['-C', '-f', file(text)]);
  const gobgp = (text: string) => run('gobgpd', ['-d', '-t', 'yaml', '-f', file(text)]);

  it.each(speakers)('%s is taken by BIRD, FRR and GoBGP', async (_what, speaker) => {
    expect(await bird(birdConfig(speaker).text)).toMatchObject({ exit: 0, stderr: '' });
    expect(await frr(frrConfig(speaker).text)).toMatchObject({ exit: 0, stderr: '' });
    expect(await gobgp(stringify(gobgpConfig(speaker).config))).toMatchObject({ exit: 0 });
  });

  it('a mistake is found by each of them', async () => {
    expect((await bird('router id here;')).exit).not.toBe(0);
    expect((await frr('router bgp here\n')).exit).not.toBe(0);
    expect((await gobgp('global: {config: {as: here}}')).exit).not.toBe(0);
  });
});
