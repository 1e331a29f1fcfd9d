import { describe, expect, it } from 'vitest';
import { parseAddress } from '../ip/address.ts';
import { parsePrefix } from '../ip/prefix.ts';
import { birdConfig } from './bird.ts';
import { calicoObjects } from './calico.ts';
import { frrConfig } from './frr.ts';
import { gobgpConfig } from './gobgp.ts';
import { identifiersOf } from './identifiers.ts';
import { defaultSessionSettings, type Speaker } from './speaker.ts';

const speaker: Speaker = {
  name: 'node-1',
  asn: 4_200_000_001,
  routerId: parseAddress('192.168.1.10'),
  peers: [
    { name: 'leaf-1', address: parseAddress('192.168.1.1'), asn: 65_001, side: 'up', bfd: true },
    { name: 'leaf-1', address: parseAddress('fd00:1::1'), asn: 65_001, side: 'up', bfd: false },
  ],
  prefixes: [parsePrefix('10.244.1.0/24'), parsePrefix('fd00:10:1::/64')],
  hosts: [parseAddress('10.244.9.5')],
  aggregates: [],
  within: [parsePrefix('10.244.0.0/16'), parsePrefix('fd00:10::/48')],
  isTransit: false,
  settings: defaultSessionSettings,
};
const leaf: Speaker = {
  ...speaker,
  prefixes: [],
  hosts: [],
  aggregates: [parsePrefix('10.244.4.0/22')],
  isTransit: true,
};

/** Lines, each without what it begins with, from one that begins so to the end of its block. */
function block(text: string, first: string, last: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith(first));
  const count = lines.slice(from).indexOf(last);
  return lines.slice(from + 1, from + count).map((line) => line.trim());
}

describe("BIRD's configuration", () => {
  const { text } = birdConfig(speaker);

  it('takes nothing that is its own, or not of the cluster: no default route', () => {
    expect(block(text, 'filter received4', '}')).toEqual([
      'if net ~ OWN4 then reject;',
      'if net ~ WITHIN4 then accept;',
      'reject;',
    ]);
  });

  it('announces its own prefixes and addresses alone', () => {
    expect(text).toContain('define ANNOUNCED4 = [ 10.244.1.0/24, 10.244.9.5/32 ];');
    expect(block(text, 'filter to_up4', '}')).toEqual([
      'if net ~ ANNOUNCED4 && source ~ [ RTS_STATIC, RTS_BGP ] then accept;',
      'reject;',
    ]);
  });

  it('announces nothing that is of none of the cluster, though the node has it: an underlay has its own routers', () => {
    const beside = { ...speaker, hosts: [...speaker.hosts, parseAddress('172.16.0.9')] };
    expect(birdConfig(beside).text).toContain('define ANNOUNCED4 = [ 10.244.1.0/24, 10.244.9.5/32 ];');
  });

  it('keeps single addresses out of the kernel: the way to them is there', () => {
    expect(block(text, 'protocol kernel kernel4', '}')).toContain('if proto = "hosts4" then reject;');
  });

  it('has a session for each peer and family, and BFD where it is wanted', () => {
    expect(block(text, 'protocol bgp bgp_leaf_1 {', '}')).toContain('bfd on;');
    expect(block(text, 'protocol bgp bgp_leaf_1_6 {', '}')).not.toContain('bfd on;');
  });

  it('tells those above an aggregate in the place of what is within, and those below everything', () => {
    const both = birdConfig({
      ...leaf,
      peers: [
        ...leaf.peers,
        { name: 'node-2', address: parseAddress('192.168.1.11'), asn: 4_200_000_002, side: 'down', bfd: true },
      ],
    }).text;
    expect(block(both, 'filter to_up4', '}').slice(0, 2)).toEqual([
      'if net ~ AGGREGATES4 then accept;',
      'if net ~ AGGREGATED4 then reject;',
    ]);
    expect(block(both, 'filter to_down4', '}')[0]).toBe(
      'if net ~ ANNOUNCED4 && source ~ [ RTS_STATIC, RTS_BGP ] then accept;',
    );
  });

  it('refuses everything of a family in which nothing may be announced', () => {
    const closed = birdConfig({ ...speaker, within: [], prefixes: [], hosts: [] }).text;
    expect(block(closed, 'filter received4', '}')).toEqual(['reject;']);
    expect(block(closed, 'filter to_up4', '}')).toEqual(['reject;']);
  });

  it('keeps a name within its quotes, and has no graceful restart where none is wanted', () => {
    const [peer] = speaker.peers;
    const odd = birdConfig({
      ...speaker,
      peers: peer === undefined ? [] : [{ ...peer, name: 'a"; b' }],
      settings: { ...defaultSessionSettings, gracefulRestartSeconds: undefined },
    }).text;
    expect(odd).toContain(`description "a'; b";`);
    expect(odd).toContain('graceful restart off;');
    expect(odd).not.toContain('graceful restart wait');
  });
});

describe("FRR's configuration", () => {
  it('announces a single address while the kernel has a route to it, and says so', () => {
    const { text, notes } = frrConfig(speaker);
    expect(text).toContain(' bgp network import-check');
    expect(text).toContain('  network 10.244.9.5/32');
    expect(notes).toEqual(['a single address is announced while the kernel of the node has a route to it']);
  });

  it('refuses what no rule names', () => {
    expect(frrConfig({ ...speaker, within: [], prefixes: [], hosts: [] }).text).toContain(
      'route-map received4 deny 1000',
    );
  });
});

describe("GoBGP's configuration", () => {
  it('says what it cannot do, and which commands announce', () => {
    const { commands, notes } = gobgpConfig(speaker);
    expect(commands).toContain('gobgp global rib add -a ipv4 10.244.9.5/32 origin igp');
    expect(notes.join('\n')).toMatch(/announces nothing.*\n.*no BFD.*\n.*zebra/);
  });

  it('refuses what no policy names', () => {
    const { config } = gobgpConfig(leaf);
    expect(config).toMatchObject({
      global: {
        'apply-policy': {
          config: { 'default-import-policy': 'reject-route', 'default-export-policy': 'reject-route' },
        },
      },
    });
  });
});

describe("Calico's objects", () => {
  it('are sessions to the leaves in the place of the mesh, and pools that its own IPAM leaves alone', () => {
    const { objects } = calicoObjects([speaker]);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'BGPConfiguration default',
      'IPPool berth-10.244.0.0-16',
      'IPPool berth-fd00-10-0-0-0-0-0-0-48',
      'BGPFilter berth',
      'Node node-1',
      'BGPPeer node-1-to-leaf-1',
      'BGPPeer node-1-to-leaf-1-v6',
    ]);
    expect(objects[1]?.spec).toMatchObject({ disabled: true, ipipMode: 'Never', vxlanMode: 'Never' });
    expect(objects[5]?.spec).toMatchObject({
      node: 'node-1',
      peerIP: '192.168.1.1',
      asNumber: 65_001,
      filters: ['berth'],
    });
  });
});

describe('names for routing daemons', () => {
  it('are letters and digits, and no two the same', () => {
    const names = ['leaf-1', 'leaf.1', 'LEAF_1', '10.0.0.1', '叶'];
    expect([...identifiersOf(names).values()]).toEqual(['leaf_1', 'leaf_1_2', 'LEAF_1_3', 'peer_10_0_0_1', 'peer__']);
  });
});
