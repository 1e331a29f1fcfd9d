import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartFolder } from '../../scripts/helm-chart/chart.ts';
import { readControllerSettings } from '../../src/config/controller-config.ts';
import { readDaemonSettings } from '../../src/config/daemon-config.ts';
import { parseManifest } from '../../src/resources/manifest.ts';
import { helm } from '../kit/helm.ts';
import { root } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import { skipEach } from '../kit/skip.ts';
import { objectsIn, type Rendered, rendered, template } from './chart.ts';

/** Objects by kind and name. */
function byName(objects: readonly Rendered[]): Readonly<Record<string, Rendered>> {
  return Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

/** As `kubectl apply -k deploy` has them: the files of the kustomization, with its image. */
function kustomized(): readonly Rendered[] {
  const { resources, images } = parse(readFileSync(join(root, 'deploy/kustomization.yaml'), 'utf8')) as {
    readonly resources: readonly string[];
    readonly images: readonly { readonly name: string; readonly newTag: string }[];
  };
  const text = resources.map((file) => readFileSync(join(root, 'deploy', file), 'utf8')).join('\n---\n');
  const [image] = images;
  return objectsIn(text.replaceAll(`image: ${image?.name}\n`, `image: ${image?.name}:${image?.newTag}\n`));
}

/** What the chart says besides: what Helm is to leave when it uninstalls. */
function withoutPolicy({ metadata: { annotations, ...metadata }, ...object }: Rendered): Rendered {
  const { 'helm.sh/resource-policy': policy, ...others } = annotations ?? {};
  if (object.kind === 'CustomResourceDefinition') expect(policy).toBe('keep');
  else expect(policy).toBeUndefined();
  const left = Object.keys(others).length === 0 ? {} : { annotations: others };
  return { ...object, metadata: { ...metadata, ...left } } as Rendered;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, each of which says what it asks for
type Anything = any;

const blue = { subnet: '10.6.0.0/24' };

/** Values that the schema refuses, each by itself. */
const nonsense: readonly (readonly [what: string, values: object, message: RegExp])[] = [
  ['an unknown value', { contoller: { replicas: 1 } }, /\bcontoller\b/],
  ['an unknown key of a value', { controller: { replica: 1 } }, /\breplica\b/],
  ['replicas that are text', { controller: { replicas: 'two' } }, /controller\.replicas.*integer/],
  ['an engine that there is not', { engine: 'raft' }, /engine.*kubernetes.*etcd/],
  ['a digest that is none', { image: { digest: 'sha256:abc' } }, /image\.digest.*pattern/],
  ['a pull policy that there is not', { image: { pullPolicy: 'Sometimes' } }, /image\.pullPolicy.*IfNotPresent/],
  ['a pull secret without a name', { image: { pullSecrets: [{}] } }, /image\.pullSecrets\.0/],
  ['a toleration with a mistyped key', { daemon: { tolerations: [{ kye: 'a' }] } }, /daemon\.tolerations\.0.*kye/],
  [
    'an amount that is none',
    { daemon: { resources: { limits: { memory: 'much' } } } },
    /daemon\.resources\.limits\.memory/,
  ],
  ['a port beyond all ports', { daemon: { ports: { metrics: 70_000 } } }, /daemon\.ports\.metrics.*65,?535/],
  ['a folder that is not absolute', { daemon: { dataDir: 'data' } }, /daemon\.dataDir.*pattern/],
  ['a setting that there is not', { daemon: { config: { loging: {} } } }, /daemon\.config.*loging/],
  ['a setting of the other program', { daemon: { config: { resync: { interval: '1m' } } } }, /daemon\.config.*resync/],
  [
    'a log level that there is not',
    { controller: { config: { logging: { level: 'loud' } } } },
    /config\.logging\.level.*debug/,
  ],
  [
    'a duration that is none',
    { daemon: { config: { allocation: { cooldown: '5 minutes' } } } },
    /config\.allocation\.cooldown.*pattern/,
  ],
  [
    'a source of certificates that there is not',
    { webhook: { tls: { source: 'acme' } } },
    /webhook\.tls\.source.*provided/,
  ],
  ['a pool with a mistyped field', { pools: { blue: { ...blue, gatway: '10.6.0.1' } } }, /pools\.blue.*gatway/],
  ['a pool without a subnet', { pools: { red: { ips: [] } } }, /pools\.red.*subnet/],
];

type Values = { readonly [key: string]: unknown };

const isObject = (one: unknown): one is Values => typeof one === 'object' && one !== null && !Array.isArray(one);

function merged(all: readonly object[]): object {
  const result: Record<string, unknown> = {};
  for (const [key, value] of all.flatMap((one) => Object.entries(one))) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? merged([before, value]) : value;
  }
  return result;
}

for (const { name, binary, missing } of [helm(4), helm(3)]) {
  describe(`the chart, by ${name}`, () => {
    skipEach(missing);

    async function object(values: object, wanted: string): Promise<Anything> {
      return byName(await rendered(binary, values))[wanted];
    }
    const pod = async (values: object, of: string) => (await object(values, of))?.spec.template.spec;
    const daemonPod = (values: object) => pod(values, 'DaemonSet/ipam-daemon');
    const controllerPod = (values: object) => pod(values, 'Deployment/ipam-controller');

    it('passes helm lint', async () => {
      expect(await must(binary, ['lint', '--strict', chartFolder])).toContain('0 chart(s) failed');
    });

    it('is with no values what the kustomization is, but for the namespace, which Helm makes', async () => {
      const { 'Namespace/berth-system': namespace, ...ours } = byName(kustomized());
      expect(namespace).toBeDefined();
      expect(byName((await rendered(binary)).map(withoutPolicy))).toEqual(ours);
    });

    it('is of the namespace of its release', async () => {
      const { stdout } = await template(binary, { nodePolicy: true, webhook: { pods: true } }, '--namespace', 'net');
      expect(stdout).not.toContain('berth-system');
      expect(stdout).toContain('system:serviceaccount:net:ipam-daemon');
    });

    it('has what is applied by hand otherwise', async () => {
      const files = ['disruption-budget.yaml', 'pod-webhook.yaml', 'node-policy.yaml'];
      const text = files.map((file) => readFileSync(join(root, 'deploy', file), 'utf8')).join('\n---\n');
      const values = { controller: { disruptionBudget: true }, webhook: { pods: true }, nodePolicy: true };
      const wanted = objectsIn(text);
      expect(wanted.length).toBeGreaterThan(4);
      expect(await rendered(binary, values)).toEqual(expect.arrayContaining([...wanted]));
    });

    it('has what Prometheus and Grafana are given, as the manifests of deploy/monitoring have it', async () => {
      const all = { podMonitors: true, rules: true, dashboards: true };
      const plain = await rendered(binary, { monitoring: all });
      const folder = join(root, 'deploy/monitoring');
      const read = (file: string) => readFileSync(join(folder, file), 'utf8');
      const wanted = ['pod-monitors.yaml', 'prometheus-rule.yaml'].flatMap((file) => objectsIn(read(file)));
      expect(wanted.length).toBe(3);
      expect(plain).toEqual(expect.arrayContaining(wanted));
      const dashboards: Anything = byName(plain)['ConfigMap/berth-dashboards'];
      expect(dashboards.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
      const files = readdirSync(join(folder, 'dashboards'));
      expect(dashboards.data).toEqual(Object.fromEntries(files.map((file) => [file, read(`dashboards/${file}`)])));
      const labelled = await rendered(binary, { monitoring: { ...all, labels: { team: 'net' }, interval: '1m' } });
      const made = labelled.filter(({ kind }) => ['PodMonitor', 'PrometheusRule'].includes(kind));
      expect(made).toHaveLength(3);
      for (const { metadata } of [...made, byName(labelled)['ConfigMap/berth-dashboards'] as Anything])
        expect(metadata).toMatchObject({ labels: { team: 'net' } });
      expect(byName(labelled)['PodMonitor/ipam-daemon']).toMatchObject({
        spec: { podMetricsEndpoints: [{ interval: '1m' }] },
      });
    });

    it('runs the image of another registry, of a tag, or the very one of a digest', async () => {
      const registry = { registry: 'registry.example.org', pullSecrets: [{ name: 'pull' }] };
      const tagged = await daemonPod({ image: { ...registry, tag: '9.9.9' } });
      expect(tagged.containers[0].image).toBe('registry.example.org/berth:9.9.9');
      expect(tagged.initContainers[0].image).toBe('registry.example.org/berth:9.9.9');
      expect(tagged.imagePullSecrets).toEqual([{ name: 'pull' }]);
      const digest = `sha256:${'a'.repeat(64)}`;
      const pinned = await controllerPod({
        image: { repository: 'net/berth', tag: '9.9.9', digest, pullPolicy: 'Always' },
      });
      expect(pinned.containers[0]).toMatchObject({ image: `net/berth@${digest}`, imagePullPolicy: 'Always' });
    });

    it('is scheduled as values say', async () => {
      const scheduling = {
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        priorityClassName: 'net',
        podLabels: { team: 'net' },
        podAnnotations: { note: 'x' },
        env: [{ name: 'HTTPS_PROXY', value: 'proxy' }],
        resources: { limits: { cpu: 1, memory: '2Gi' } },
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      };
      const values = { daemon: scheduling, controller: { ...scheduling, replicas: 3 } };
      for (const of of ['DaemonSet/ipam-daemon', 'Deployment/ipam-controller']) {
        const { spec } = await object(values, of);
        const { metadata, spec: inner } = spec.template;
        expect(metadata).toMatchObject({ labels: { team: 'net' }, annotations: { note: 'x' } });
        expect(inner).toMatchObject({
          nodeSelector: scheduling.nodeSelector,
          priorityClassName: 'net',
          affinity: scheduling.affinity,
        });
        expect(inner.tolerations).toEqual(scheduling.tolerations);
        expect(inner.containers[0].env).toContainEqual(scheduling.env[0]);
        expect(inner.containers[0].resources.limits).toMatchObject({ cpu: 1, memory: '2Gi' });
        if (spec.replicas !== undefined) expect(spec.replicas).toBe(3);
      }
    });

    it('gives the programs configuration files that they take, and new Pods when these change', async () => {
      const values = {
        daemon: { config: { logging: { level: 'debug' }, allocation: { cooldown: '1m' } } },
        controller: { config: { resync: { interval: '5m' } } },
      };
      const daemon = (await object(values, 'ConfigMap/ipam-daemon')).data['config.yaml'];
      expect(readDaemonSettings(daemon, 'config.yaml', {})()).toMatchObject({ logLevel: 'debug', cooldown: 60_000 });
      const controller = (await object(values, 'ConfigMap/ipam-controller')).data['config.yaml'];
      expect(readControllerSettings(controller, 'config.yaml', {})()).toMatchObject({ resyncMs: 300_000 });
      for (const inner of [await daemonPod(values), await controllerPod(values)]) {
        const [container] = inner.containers;
        expect(container.args).toContain('--config=/etc/ipam/config.yaml');
        expect(container.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/ipam', readOnly: true });
        expect(inner.volumes).toContainEqual({ name: 'config', configMap: { name: expect.stringContaining('ipam-') } });
      }
      const mark = async (level: string) =>
        (await object({ daemon: { config: { logging: { level } } } }, 'DaemonSet/ipam-daemon')).spec.template.metadata
          .annotations['berth.network/config'];
      expect(await mark('debug')).not.toBe(await mark('warn'));
    });

    it('lets the daemon look for conflicts where its configuration asks for it', async () => {
      const { containers } = await daemonPod({ daemon: { config: { conflicts: { detection: 'refuse' } } } });
      expect(containers[0].securityContext.capabilities).toEqual({
        drop: ['ALL'],
        add: ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW'],
      });
      expect(containers[0].volumeMounts).toContainEqual(
        expect.objectContaining({ name: 'netns', mountPropagation: 'HostToContainer' }),
      );
      const quiet = await daemonPod({ daemon: { config: { conflicts: { detection: 'none' } } } });
      expect(quiet.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'] });
    });

    it('listens on other ports', async () => {
      const values = {
        daemon: { ports: { metrics: 12_112, grpc: 12_114 } },
        controller: { ports: { metrics: 12_113 } },
        webhook: { port: 19_443 },
      };
      const [daemon] = (await daemonPod(values)).containers;
      expect(daemon.args).toEqual(expect.arrayContaining(['--metrics-addr=0.0.0.0:12112', '--grpc-addr=:12114']));
      expect(daemon.ports.map(({ containerPort }: Anything) => containerPort)).toEqual([12_112, 12_114]);
      const [controller] = (await controllerPod(values)).containers;
      expect(controller.args).toEqual(['--metrics-addr=0.0.0.0:12113', '--webhook-addr=0.0.0.0:19443']);
      expect((await daemonPod({ daemon: { grpc: false } })).containers[0].args).toContain('--grpc-addr=');
    });

    it.each([
      ['a Secret', { source: 'provided', secretName: 'mine' }, 'mine', []],
      ['texts', { source: 'provided', certificate: 'C', key: 'K', ca: 'A' }, 'berth-webhook-given', ['Secret']],
      ['cert-manager', { source: 'cert-manager' }, 'berth-webhook-given', ['Certificate', 'Issuer']],
      [
        'an issuer',
        { source: 'cert-manager', issuer: { name: 'i', kind: 'ClusterIssuer' } },
        'berth-webhook-given',
        ['Certificate'],
      ],
    ] as const)('has the certificate of its webhook from %s', async (_what, tls, secretName, kinds) => {
      const objects = await rendered(binary, { webhook: { tls } });
      const found = objects.filter(({ kind }) => ['Secret', 'Certificate', 'Issuer'].includes(kind));
      expect(found.map(({ kind }) => kind).sort()).toEqual(kinds);
      const { containers, volumes } = await controllerPod({ webhook: { tls } });
      expect(containers[0].args).toEqual(['--webhook-cert-dir=/etc/ipam-webhook']);
      expect(volumes).toEqual([{ name: 'webhook-tls', secret: { secretName } }]);
      const certificate: Anything = objects.find(({ kind }) => kind === 'Certificate');
      if (certificate === undefined) return;
      expect(certificate.spec).toMatchObject({
        secretName,
        dnsNames: ['ipam-controller.berth-system.svc', expect.anything()],
      });
      expect(certificate.spec.issuerRef.name).toBe('issuer' in tls ? 'i' : 'berth-webhook');
    });

    it('has daemons only, where state is in etcd', async () => {
      const values = {
        engine: 'etcd',
        etcd: {
          endpoints: ['https://e1:2379', 'https://e2:2379'],
          secretName: 'etcd',
          kubeconfigSecretName: 'pods',
          prefix: '/b',
        },
      };
      const objects = await rendered(binary, values);
      expect(objects.map(({ kind }) => kind).sort()).toEqual(['DaemonSet', 'ServiceAccount']);
      const { containers, volumes } = await daemonPod(values);
      expect(containers[0].args).toEqual([
        '--node-id=$(NODE_NAME)',
        '--store-engine=etcd',
        '--grpc-addr=:2114',
        '--etcd-endpoints=https://e1:2379,https://e2:2379',
        '--etcd-prefix=/b',
        '--etcd-ca-file=/etc/ipam-etcd/ca.crt',
        '--etcd-cert-file=/etc/ipam-etcd/tls.crt',
        '--etcd-key-file=/etc/ipam-etcd/tls.key',
        '--kubeconfig=/etc/ipam-kubeconfig/kubeconfig',
      ]);
      expect(volumes).toEqual(
        expect.arrayContaining([
          { name: 'etcd-tls', secret: { secretName: 'etcd' } },
          { name: 'kubeconfig', secret: { secretName: 'pods' } },
        ]),
      );
    });

    it('makes pools after all else, subnets before them', async () => {
      const values = {
        pools: { blue: { subnet: '10.6.0.0/24', ips: ['10.6.0.10-10.6.0.99'], default: true } },
        subnets: { office: { subnet: '10.6.0.0/24' } },
        reservedIPs: { printers: { ips: ['10.6.0.90'] } },
      };
      const job = await object(values, 'Job/berth-resources');
      expect(job.metadata.annotations['helm.sh/hook']).toBe('post-install,post-upgrade,post-rollback');
      const text = (await object(values, 'ConfigMap/berth-resources')).data['resources.yaml'];
      expect(parseManifest(text, 'resources.yaml')).toMatchObject([
        { kind: 'SpiderSubnet', metadata: { name: 'office' }, spec: values.subnets.office },
        { kind: 'SpiderReservedIP', metadata: { name: 'printers' } },
        { kind: 'SpiderIPPool', metadata: { name: 'blue' }, spec: values.pools.blue },
      ]);
    });

    it('leaves definitions to somebody else, or takes them away with the release', async () => {
      const kinds = (objects: readonly Rendered[]) => objects.map(({ kind }) => kind);
      expect(kinds(await rendered(binary, { crds: { install: false } }))).not.toContain('CustomResourceDefinition');
      const fleeting = (await rendered(binary, { crds: { keep: false } })).filter(
        ({ kind }) => kind === 'CustomResourceDefinition',
      );
      expect(fleeting.length).toBeGreaterThan(9);
      expect(fleeting.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}))).toEqual([]);
    });

    // Helm names all that is wrong at once: one call tells of all of them.
    let refused: ReturnType<typeof template> | undefined;
    it.each(nonsense)('refuses %s', async (_what, _values, message) => {
      refused ??= template(binary, merged(nonsense.map(([, values]) => values)));
      const { exit, stdout, stderr } = await refused;
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
      expect(stderr.replaceAll('/', '.')).toMatch(message);
    });

    it.each<readonly [string, object, RegExp]>([
      ['etcd without its members', { engine: 'etcd' }, /etcd\.endpoints: name the members/],
      [
        'pools where state is in etcd',
        { engine: 'etcd', etcd: { endpoints: ['e:2379'] }, pools: { blue } },
        /ipam-cli apply/,
      ],
      ['a certificate that is nowhere', { webhook: { tls: { source: 'provided' } } }, /name a Secret in secretName/],
      [
        'a key without its certificate',
        { webhook: { tls: { source: 'provided', key: 'K' } } },
        /certificate, key and ca/,
      ],
      ['a certificate that nobody asked for', { webhook: { tls: { certificate: 'C' } } }, /source is own/],
      ['pools without a controller', { controller: { replicas: 0 }, pools: { blue } }, /no webhook judges them/],
    ])('refuses %s', async (_what, values, message) => {
      expect(await template(binary, values)).toMatchObject({
        exit: 1,
        stdout: '',
        stderr: expect.stringMatching(message),
      });
    });
  });
}
