import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { convertSpiderpoolValues } from './spiderpool-chart.ts';
import { spiderpoolValues } from './spiderpool-chart-table.ts';

const convert = (values: object) => convertSpiderpoolValues(stringify(values), 'values.yaml');

describe("values of Spiderpool's Helm chart", () => {
  it.each<readonly [what: string, theirs: object, ours: object]>([
    ['a registry', { global: { imageRegistryOverride: 'r.example' } }, { image: { registry: 'r.example' } }],
    ['a folder of executables', { global: { cniBinHostPath: '/bin/cni' } }, { daemon: { cniBinDir: '/bin/cni' } }],
    [
      'what both programs go by',
      { ipam: { enableStatefulSet: false, gc: { enabled: false, gcDeletingTimeOutPodDelay: 7 } } },
      {
        daemon: { config: { enableStatefulSet: false, reclaim: { enabled: false, terminatingDelay: '7s' } } },
        controller: { config: { enableStatefulSet: false, reclaim: { enabled: false, terminatingDelay: '7s' } } },
      },
    ],
    ['one IP family', { ipam: { enableIPv6: false } }, { controller: { config: { webhook: { families: [4] } } } }],
    [
      'subnets that are off',
      { ipam: { spiderSubnet: { enable: false, autoPool: { enable: true } } } },
      { controller: { config: { enableAutoPoolForApplication: false } } },
    ],
    [
      'conflicts that are looked for',
      { ipam: { enableIPConflictDetection: true, enableGatewayDetection: false } },
      { daemon: { config: { conflicts: { detection: 'refuse', gateway: 'none' } } } },
    ],
    [
      'how often',
      { ipam: { gc: { gcAll: { intervalInSecond: 60 } } } },
      { controller: { config: { resync: { interval: '60s' } } } },
    ],
    [
      'where the agent runs, and with what',
      {
        spiderpoolAgent: {
          nodeSelector: { a: 'b' },
          extraEnv: [{ name: 'A', value: 'b' }],
          httpPort: '5710',
          updateStrategy: { type: 'OnDelete' },
          debug: { logLevel: 'fatal' },
          image: { imagePullSecrets: [{ name: 's' }] },
        },
      },
      {
        daemon: {
          nodeSelector: { a: 'b' },
          env: [{ name: 'A', value: 'b' }],
          ports: { metrics: 5710 },
          updateStrategy: { type: 'OnDelete' },
          config: { logging: { level: 'error' } },
        },
        image: { pullSecrets: [{ name: 's' }] },
      },
    ],
    [
      'how the controller runs',
      { spiderpoolController: { replicas: 3, webhookPort: 5722, podDisruptionBudget: { enabled: true } } },
      { controller: { replicas: 3, disruptionBudget: true }, webhook: { port: 5722 } },
    ],
    [
      'what Prometheus and Grafana are given',
      {
        grafanaDashboard: { install: true },
        spiderpoolAgent: { prometheus: { enabled: true, serviceMonitor: { install: true, labels: { a: 'b' } } } },
        spiderpoolController: { prometheus: { serviceMonitor: { install: true }, prometheusRule: { install: true } } },
      },
      { monitoring: { dashboards: true, podMonitors: true, labels: { a: 'b' }, rules: true } },
    ],
    [
      "cert-manager's certificate",
      {
        spiderpoolController: {
          tls: { method: 'certmanager', certmanager: { issuerName: 'i', certValidityDuration: 90 } },
        },
      },
      { webhook: { tls: { source: 'cert-manager', issuer: { kind: 'Issuer', name: 'i' }, duration: '2160h' } } },
    ],
  ])('are translated: %s', (_what, theirs, ours) => {
    expect(convert(theirs)).toMatchObject({ values: ours, warnings: [] });
    expect(convert(theirs).values).toEqual(ours);
  });

  it('become pools and the subnets that these are cut from', () => {
    const clusterDefaultPool = {
      installIPv4IPPool: true,
      installIPv6IPPool: true,
      ipv4IPPoolName: 'blue',
      ipv4Subnet: '10.6.0.0/24',
      ipv4IPRanges: ['10.6.0.10-10.6.0.99'],
      ipv4Gateway: '10.6.0.1',
      ipv6Subnet: 'fd00:6::/64',
    };
    const spec = { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.99'], gateway: '10.6.0.1' };
    const { values, warnings } = convert({ clusterDefaultPool });
    expect({ values, warnings }).toEqual({
      warnings: [],
      values: {
        pools: { blue: { ...spec, default: true }, 'default-v6-ippool': { subnet: 'fd00:6::/64', default: true } },
        subnets: { 'default-v4-subnet': spec, 'default-v6-subnet': { subnet: 'fd00:6::/64' } },
      },
    });
    const single = { clusterDefaultPool, ipam: { enableIPv6: false, spiderSubnet: { enable: false } } };
    expect(convert(single).values).toMatchObject({ pools: { blue: spec } });
    expect(convert(single).values.pools).not.toHaveProperty('default-v6-ippool');
    expect(convert(single).values).not.toHaveProperty('subnets');
    const { ipv4Subnet: _left, ...without } = clusterDefaultPool;
    expect(convert({ clusterDefaultPool: without }).warnings).toEqual([
      'clusterDefaultPool.installIPv4IPPool: clusterDefaultPool.ipv4Subnet is missing: no pool is made',
    ]);
  });

  it('become a certificate, out of base64, and it is said for which name it must be', () => {
    const provided = { tlsCert: btoa('C'), tlsKey: btoa('K'), tlsCa: btoa('A') };
    const { values, warnings } = convert({ spiderpoolController: { tls: { method: 'provided', provided } } });
    expect(values).toEqual({ webhook: { tls: { source: 'provided', certificate: 'C', key: 'K', ca: 'A' } } });
    expect(warnings).toEqual([expect.stringContaining('ipam-controller.NAMESPACE.svc')]);
  });

  it.each<readonly [theirs: object, warning: RegExp | undefined]>([
    [{ coordinator: { mode: 'underlay' } }, /^coordinator: .*no interfaces/],
    [{ multus: { multusCNI: { install: true } } }, /^multus: /],
    [{ multus: { enableMultusConfig: false, multusCNI: { install: false } } }, undefined],
    [{ sriov: { install: false, replicas: 1 } }, undefined],
    [{ sriov: { install: true } }, /^sriov: /],
    [
      { global: { ipamUNIXSocketHostPath: '/run/own.sock' } },
      /^global\.ipamUNIXSocketHostPath: .*\/run\/ipam\/ipam\.sock/,
    ],
    [{ global: { ipamUNIXSocketHostPath: '/var/run/spidernet/spiderpool.sock' } }, undefined],
    [{ spiderpoolAgent: { extraArgs: ['--x'] } }, /^spiderpoolAgent\.extraArgs: /],
    [{ spiderpoolAgent: { extraArgs: [], name: 'spiderpool-agent', tuneSysctlConfig: false } }, undefined],
    [{ spiderpoolController: { podDisruptionBudget: { minAvailable: 2 } } }, /minAvailable: /],
    [
      { spiderpoolController: { tls: { method: 'acme' } } },
      /method: must be provided, certmanager or auto \(got "acme"\)/,
    ],
    [{ ipam: { enableIPv5: true } }, /^ipam\.enableIPv5: Spiderpool's chart has no such value/],
    [{ iaasNetworkProvider: { serverUrl: 'https://cloud', httpRequestTimeout: '50s' } }, /^iaasNetworkProvider: /],
    [{ iaasNetworkProvider: { serverUrl: '', httpRequestTimeout: '50s' } }, undefined],
  ])('without a counterpart are named with a reason, where they ask for something: %j', (theirs, warning) => {
    const { values, warnings } = convert(theirs);
    expect(values).toEqual({});
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
  });

  it('that say two things of what is one here are named', () => {
    const image = (pullPolicy: string) => ({ image: { pullPolicy } });
    const { values, warnings } = convert({ spiderpoolAgent: image('Always'), spiderpoolController: image('Never') });
    expect(values).toEqual({ image: { pullPolicy: 'Always' } });
    expect(warnings).toEqual([
      'spiderpoolController.image.pullPolicy: image.pullPolicy is one value for all, and is what spiderpoolAgent.image.pullPolicy says',
    ]);
  });

  it('are all known by their parts: what is in no part is refused by name', () => {
    const parts = new Set(Object.keys(spiderpoolValues).map((place) => place.split('.')[0]));
    // The sections of values.yaml of Spiderpool 1.1.
    const sections =
      'global ipam grafanaDashboard coordinator rdma multus plugins clusterDefaultPool spiderpoolAgent spiderpoolController spiderpoolInit sriov iaasNetworkProvider';
    expect([...parts].sort()).toEqual(sections.split(' ').sort());
  });

  it('must be values', () => {
    expect(() => convertSpiderpoolValues('- a', 'values.yaml')).toThrow("must be the values of Spiderpool's chart");
    expect(convertSpiderpoolValues('', 'values.yaml')).toMatchObject({ values: {}, warnings: [] });
  });
});
