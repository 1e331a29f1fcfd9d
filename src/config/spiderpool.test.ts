import { describe, expect, it } from 'vitest';
import { controllerConfig, readControllerSettings } from './controller-config.ts';
import { controllerSettings } from './controller-settings.ts';
import { daemonConfig, readDaemonSettings } from './daemon-config.ts';
import { daemonSettings } from './daemon-settings.ts';
import type { SettingRows } from './setting.ts';
import { spiderpoolSaid } from './spiderpool.ts';

/** As the chart of Spiderpool writes it, all of it. */
const published = `\
ipamUnixSocketPath: /var/run/spidernet/spiderpool.sock
enableIPv4: true
enableIPv6: false
enableStatefulSet: false
enableKubevirtStaticIP: false
enableCleanOutdatedEndpoint: false
enableSpiderSubnet: true
enableAutoPoolForApplication: true
enableIPConflictDetection: false
enableGatewayDetection: false
enableValidatingResourcesDeletedWebhook: false
clusterSubnetDefaultFlexibleIPNumber: 3
tuneSysctlConfig: false
podResourceInject:
  enabled: false
  namespacesExclude: [kube-system]
  namespacesInclude: []
agent:
  networkResourcePlugin:
    enabled: false
    kubeletRootDir: /var/lib/kubelet
    devicePluginAffinity: {nodeSelector: {}}
    resourceAdvertisement: {subENI: {rules: []}, masterNIC: {rules: []}}
iaasNetworkProvider:
  serverUrl: ""
  httpRequestTimeout: 30s
`;

const file = (text: string) => ({ text, source: 'conf.yml' });
const toDaemon = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  spiderpoolSaid(daemonSettings, { file: file(text), environment });
const toController = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  spiderpoolSaid(controllerSettings, { file: file(text), environment });

describe("Spiderpool's configuration", () => {
  it('is read by the daemon as it is published, without a warning', () => {
    const { values, warnings } = toDaemon(published, { SPIDERPOOL_NODE_NAME: 'n7', SPIDERPOOL_LOG_LEVEL: 'panic' });
    expect(warnings).toEqual([]);
    expect(daemonConfig(readDaemonSettings('', 'x', {})(values), 'host')).toMatchObject({
      node: 'n7',
      unixSocket: '/var/run/spidernet/spiderpool.sock',
      enableStatefulSet: false,
      enableKubevirtStaticIP: false,
      logLevel: 'error',
    });
  });

  it('is read by the controller as it is published, without a warning', () => {
    const environment = {
      SPIDERPOOL_POD_NAMESPACE: 'kube-system',
      SPIDERPOOL_WEBHOOK_PORT: '5722',
      SPIDERPOOL_HEALTH_PORT: '5720',
      SPIDERPOOL_LEADER_DURATION: '30',
      SPIDERPOOL_GC_DEFAULT_INTERVAL_DURATION: '60',
      PATH: '/bin',
    };
    const { values, warnings } = toController(published, environment);
    expect(warnings).toEqual([]);
    expect(controllerConfig(readControllerSettings('', 'x', {})(values))).toMatchObject({
      namespace: 'kube-system',
      webhookAddr: '0.0.0.0:5722',
      httpAddr: '0.0.0.0:5720',
      leaseMs: 30_000,
      resyncMs: 60_000,
      families: [4],
      enableStatefulSet: false,
      enableKubevirtStaticIP: false,
      enableAutoPools: true,
      flexibleCount: 3,
    });
  });

  it('has no warning from one program of what the other reads', () => {
    const names = [daemonSettings, controllerSettings].flatMap((rows: SettingRows) =>
      Object.values(rows).flatMap(({ spiderpool }) => spiderpool?.names ?? []),
    );
    const variables = names.filter((name) => name.startsWith('SPIDERPOOL_'));
    expect(variables).toContain('SPIDERPOOL_WEBHOOK_PORT');
    expect(variables).toContain('SPIDERPOOL_NODE_NAME');
    const textOf = (name: string): string =>
      /_ENABLED$/.test(name) ? 'true' : name.endsWith('_LOG_LEVEL') ? 'info' : '60';
    const environment = Object.fromEntries(variables.map((name) => [name, textOf(name)]));
    expect(toDaemon(published, environment).warnings).toEqual([]);
    expect(toController(published, environment).warnings).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, object]>([
    [
      'the additional delay, which Spiderpool counts in seconds',
      { ADDITIONAL_GRACE_DELAY: '15' },
      { terminatingDelayMs: 15_000 },
    ],
    ['no reclaim where that is off', { IP_ENABLED: 'false' }, { isOn: false }],
    ['the same by its former name', { IPPOOL_ENABLED: '0' }, { isOn: false }],
    [
      'no reclaim from Pods that are ending where that is off',
      { STATELESS_TERMINATING_POD_ON_READY_NODE_ENABLED: 'F' },
      { isTerminatingEnough: false },
    ],
    ['the same by its former name', { TERMINATING_POD_IP_ENABLED: 'false' }, { isTerminatingEnough: false }],
  ])('makes of its variables %s', (_what, said, expected) => {
    const environment = Object.fromEntries(
      Object.entries(said).map(([name, value]) => [`SPIDERPOOL_GC_${name}`, value]),
    );
    const { values, warnings } = toDaemon('', environment);
    expect(warnings).toEqual([]);
    expect(daemonConfig(readDaemonSettings('', 'x', {})(values), 'host').reclaimPolicy).toMatchObject(expected);
  });

  it.each<[string, string, object]>([
    ['no automatic pools where subnets are off', 'enableSpiderSubnet: false', { enableAutoPools: false }],
    ['no automatic pools where they are off', 'enableAutoPoolForApplication: false', { enableAutoPools: false }],
    [
      'the number of spare addresses by its other name',
      'clusterSubnetAutoPoolDefaultRedundantIPNumber: 2',
      { flexibleCount: 2 },
    ],
    ['both IP families where nothing is said of them', '{}', { families: [4, 6] }],
  ])('makes %s', (_what, text, expected) =>
    expect(controllerConfig(readControllerSettings('', 'x', {})(toController(text).values))).toMatchObject(expected),
  );

  it('has the daemon refuse what Spiderpool detects', () => {
    const { values, warnings } = toDaemon('enableIPConflictDetection: true\nenableGatewayDetection: false');
    expect(warnings).toEqual([]);
    expect(toController('enableIPConflictDetection: true\nenableGatewayDetection: true').warnings).toEqual([]);
    const { conflicts } = daemonConfig(readDaemonSettings('', 'x', {})(values), 'host');
    expect(conflicts).toMatchObject({ conflict: 'refuse', gateway: 'none' });
  });

  it('counts after what the daemon has been told in its own words', () => {
    const { values } = toDaemon('enableStatefulSet: false\nipamUnixSocketPath: /a', { SPIDERPOOL_NODE_NAME: 'theirs' });
    const config = daemonConfig(
      readDaemonSettings('enableStatefulSet: true', 'daemon.yaml', { nodeId: 'ours' })(values),
      'host',
    );
    expect(config).toMatchObject({ enableStatefulSet: true, node: 'ours', unixSocket: '/a' });
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      'a key that Spiderpool has not',
      'enableIPv5: true',
      {},
      'conf.yml: enableIPv5: is not read: Spiderpool has no such setting, or Berth does not know it',
    ],
    [
      'a key that JavaScript finds in every object',
      'constructor: 1',
      {},
      'conf.yml: constructor: is not read: Spiderpool has no such setting, or Berth does not know it',
    ],
    [
      'a variable that it has not',
      '',
      { SPIDERPOOL_SPEED: '9' },
      'SPIDERPOOL_SPEED: is not read: Spiderpool has no such setting, or Berth does not know it',
    ],
    [
      'what nothing here does',
      'tuneSysctlConfig: true',
      {},
      'conf.yml: tuneSysctlConfig: is not read: Berth gives addresses, and sets up no interfaces or routes of the host',
    ],
    [
      'default pools of earlier versions',
      'clusterDefaultIPv4IPPool: [a]',
      {},
      'conf.yml: clusterDefaultIPv4IPPool: is not read: set spec.default of these pools',
    ],
    [
      'a section that is turned on',
      'podResourceInject: {enabled: true}',
      {},
      'conf.yml: podResourceInject: is not read: Pods are not changed here',
    ],
    [
      'a limit that there is not',
      '',
      { SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS: '5000' },
      'SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS: is not read: nothing here has such a limit',
    ],
  ])('warns of %s', (_what, text, environment, says) => {
    expect(toDaemon(text, environment).warnings).toEqual([says]);
    expect(toController(text, environment).warnings).toEqual([says]);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      'a value that is none',
      'enableStatefulSet: perhaps',
      {},
      'conf.yml: enableStatefulSet: must be true or false (got "perhaps")',
    ],
    ['a family that is neither on nor off', 'enableIPv6: 6', {}, 'conf.yml: enableIPv6: '],
    ['no IP family at all', 'enableIPv4: false\nenableIPv6: false', {}, 'conf.yml: enableIPv4: '],
    [
      'a number that is too small',
      'clusterSubnetDefaultFlexibleIPNumber: -1',
      {},
      'conf.yml: clusterSubnetDefaultFlexibleIPNumber: must be at least 0 (got -1)',
    ],
    ['a port that is none', '', { SPIDERPOOL_WEBHOOK_PORT: '70000' }, 'SPIDERPOOL_WEBHOOK_PORT: '],
    ['a time that is none', '', { SPIDERPOOL_LEADER_DURATION: 'soon' }, 'SPIDERPOOL_LEADER_DURATION: not a duration'],
    ['a level that there is not', '', { SPIDERPOOL_LOG_LEVEL: 'loud' }, 'SPIDERPOOL_LOG_LEVEL: '],
    ['what is no YAML', 'a: [', {}, 'conf.yml: line 1'],
    ['a list', '- a', {}, "conf.yml: must be the keys of Spiderpool's conf.yml"],
  ])('is refused for %s', (_what, text, environment, says) =>
    expect(() => toController(text, environment)).toThrow(says),
  );
});
