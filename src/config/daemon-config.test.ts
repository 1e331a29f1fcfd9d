import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IpamError } from '../resources/errors.ts';
import { type DaemonFlags, daemonConfig, readDaemonSettings } from './daemon-config.ts';
import { daemonSettings } from './daemon-settings.ts';

const config = (text = '', flags: DaemonFlags = {}) =>
  daemonConfig(readDaemonSettings(text, 'daemon.yaml', flags)(), 'node1');

function problemOf(text: string, flags: DaemonFlags = {}): string {
  try {
    config(text, flags);
    return '';
  } catch (error) {
    if (error instanceof IpamError && error.code === 'invalid-config') return `${error.message}\n${error.advice}`;
    throw error;
  }
}

describe("the daemon's configuration", () => {
  it('of nothing is a daemon on its own disk', () => {
    expect(config()).toEqual({
      node: 'node1',
      dataDir: '/var/lib/ipam',
      engine: 'embedded',
      isEngineNamed: false,
      forceNewCluster: false,
      clusterCidrs: [],
      blockSizes: { 4: 24, 6: 64 },
      tls: {
        insecure: false,
        isNamed: false,
        paths: {
          caFile: '/var/lib/ipam/pki/ca.crt',
          certFile: '/var/lib/ipam/pki/tls.crt',
          keyFile: '/var/lib/ipam/pki/tls.key',
        },
      },
      limits: {
        callsPerSecond: 5_000,
        burst: 10_000,
        connections: 100,
        strangersPerSecond: 20,
        streams: 256,
        messageBytes: 4 * 1024 * 1024,
        node: { claims: 20_000, blocks: 4_096, pools: 512, quarantines: 1_000 },
      },
      controllerLease: { name: 'ipam-controller' },
      grpcAddr: '0.0.0.0:9090',
      unixSocket: '/run/ipam/ipam.sock',
      httpAddr: '0.0.0.0:2112',
      pageAddr: '',
      maintenanceIntervalMs: 1_000,
      keptChanges: 10_000,
      preleaseThreshold: 0.2,
      cooldownMs: 30_000,
      knowsOnlyOwnClaims: false,
      conflicts: { conflict: 'none', gateway: 'none', waitMs: 1_000, quarantineMs: 3_600_000 },
      keepsInBlocks: false,
      enableStatefulSet: true,
      enableKubevirtStaticIP: true,
      cniConfDir: '/etc/cni/net.d',
      reclaimPolicy: {
        isOn: true,
        sandboxDeadlineMs: 300_000,
        goneAfterMs: 60_000,
        isTerminatingEnough: true,
        terminatingDelayMs: 5_000,
        sandboxGoneMs: 600_000,
        interfaceMissingMs: undefined,
      },
      history: { keptMs: 604_800_000, bytes: 16_777_216, sharedBytes: 131_072, shareEveryMs: 600_000 },
      logLevel: 'info',
      logFormat: 'json',
      audit: true,
    });
  });

  it('is, in its example, what it is without one', () => {
    const { node, clusterCidrs, ...rest } = config(readFileSync('configs/daemon.yaml', 'utf8'));
    const { node: _, clusterCidrs: __, ...usual } = config();
    expect([node, clusterCidrs.length]).toEqual(['ipam-1', 2]);
    expect(rest).toEqual(usual);
  });

  it.each<[string, string, DaemonFlags, object]>([
    ['a name of its own', 'raft: {nodeID: a}', {}, { node: 'a' }],
    ['a name by a flag', 'raft: {nodeID: a}', { nodeId: 'b' }, { node: 'b' }],
    ['a place on disk, by its first name', 'raft: {dataDir: /r}', {}, { dataDir: '/r' }],
    ['a place on disk, where both are', 'dataDir: /d\nraft: {dataDir: /r}', {}, { dataDir: '/d' }],
    ['block sizes as texts of flags', '', { blockSize: '26', blockSizeV6: '80' }, { blockSizes: { 4: 26, 6: 80 } }],
    ['no gRPC over TCP', 'grpc: {bindAddr: ""}', {}, { grpcAddr: '' }],
    ['an engine by name', 'store: {engine: embedded}', {}, { engine: 'embedded', isEngineNamed: true }],
    [
      'an agent',
      '',
      { agent: true, join: 'a:7000,b:7000' },
      { engine: 'etcd', agent: { servers: ['a:7000', 'b:7000'] } },
    ],
    ['another burst', 'limits: {callsPerSecond: 10}', {}, { limits: { callsPerSecond: 10, burst: 20 } }],
    ['a group of the socket', 'grpc: {socketGroup: 7}', {}, { socketGroup: { group: '7', role: 'operator' } }],
    ['certificates elsewhere', 'tls: {caFile: /ca}', {}, { tls: { isNamed: true, paths: { caFile: '/ca' } } }],
    [
      'times',
      'allocation: {cooldown: 0, goneAfter: 2m}',
      {},
      { cooldownMs: 0, reclaimPolicy: { goneAfterMs: 120_000 } },
    ],
  ])('may say %s', (_what, text, flags, expected) => expect(config(text, flags)).toMatchObject(expected));

  it.each<[string, string, DaemonFlags, string]>([
    [
      'an unknown section',
      'clutser: {}',
      {},
      'daemon.yaml: unknown key "clutser"; known keys: raft, node, cluster, dataDir',
    ],
    [
      'an unknown key',
      'cluster: {siz: 1}',
      {},
      'cluster: unknown key "siz"; known keys: cidr, nodeBlockSize, nodeBlockSizeV6',
    ],
    ['a detection that there is not', 'conflicts: {detection: yes}', {}, 'conflicts.detection: '],
    ['a wait as long as an ADD', 'conflicts: {wait: 15s}', {}, 'conflicts.wait: 15s is not from 100ms to 5s'],
    [
      'an unknown key of limits',
      'limits: {node: {x: 1}}',
      {},
      'limits.node: unknown key "x"; known keys: claims, blocks, pools, quarantines',
    ],
    [
      'a flag that is none',
      '',
      { blockSize: 'big' },
      'command line: cluster.nodeBlockSize: must be a number (got "big")',
    ],
    ['a block larger than the cluster', 'cluster: {cidr: 10.0.0.0/24, nodeBlockSize: 16}', {}, 'choose 24..30'],
    [
      'a block without room',
      'cluster: {cidr: 10.0.0.0/24, nodeBlockSize: 31}',
      {},
      'a /31 block leaves no address for Pods',
    ],
    ['two CIDRs of one family', 'cluster: {cidr: "10.0.0.0/16,10.1.0.0/16"}', {}, 'two CIDRs of one IP family'],
    ['a group that is none', 'grpc: {socketGroup: [1]}', {}, 'grpc.socketGroup: not the name or number of a group'],
    [
      'an endpoint of etcd that is a number',
      'store: {etcd: {endpoints: 7}}',
      {},
      'store.etcd.endpoints: not a list of addresses',
    ],
    ['a role of no group', 'grpc: {socketGroupRole: viewer}', {}, 'grpc.socketGroup is not'],
    ['certificates that nobody may show', 'tls: {insecure: true, keyFile: /k}', {}, 'certificates are named in tls'],
    ['an agent of nobody', '', { agent: true }, 'raft.agent (--agent): no member is named'],
    ['an agent that begins a cluster', '', { agent: true, bootstrap: true }, 'an agent begins no cluster'],
  ])('is refused for %s', (_what, text, flags, says) => expect(problemOf(text, flags)).toContain(says));
});

describe('the rows of settings', () => {
  const rows = Object.values(daemonSettings) as readonly { key?: string; alias?: string; flag?: string }[];
  const twice = (names: readonly (string | undefined)[]) =>
    names.filter((name, index) => name !== undefined && names.indexOf(name) !== index);

  it('have keys and flags of their own', () => {
    expect(twice(rows.flatMap(({ key, alias }) => [key, alias]))).toEqual([]);
    expect(twice(rows.map(({ flag }) => flag))).toEqual([]);
  });

  it('can each be set', () =>
    expect(rows.filter(({ key, flag }) => key === undefined && flag === undefined)).toEqual([]));
});
