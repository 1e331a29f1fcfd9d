import { type Fill, helper, keyed, more, type Path, type Place, value } from './template.ts';

/** Where values go into the manifests of deploy/. */
const pod: Path = ['spec', 'template', 'spec'];
const podMetadata: Path = ['spec', 'template', 'metadata'];
const container: Path = [...pod, 'containers', 0];
const inContainer = (...path: Path): Path => [...container, ...path];

const scalar = (value: string): Fill => ({ inline: `{{ .Values.${value} }}` });
const quoted = (value: string): Fill => ({ inline: `{{ .Values.${value} | quote }}` });

/** Of a place whose value stands in the manifest: which value of the chart it is. */
export interface Taken {
  readonly at: Path;
  readonly value: string;
  readonly fill: Fill;
}

const image = (at: Path): readonly Place[] => [
  { at: [...at, 'image'], fill: { inline: '{{ include "berth.image" . | quote }}' } },
  { at: [...at, 'imagePullPolicy'], fill: quoted('image.pullPolicy') },
];

const workload = (
  name: 'controller' | 'daemon',
): { readonly taken: readonly Taken[]; readonly added: readonly Place[] } => ({
  taken: [
    {
      at: [...pod, 'priorityClassName'],
      value: `${name}.priorityClassName`,
      fill: quoted(`${name}.priorityClassName`),
    },
    { at: [...pod, 'tolerations'], value: `${name}.tolerations`, fill: { value: `${name}.tolerations` } },
    { at: inContainer('resources'), value: `${name}.resources`, fill: { value: `${name}.resources` } },
    {
      at: inContainer('ports', 0, 'containerPort'),
      value: `${name}.ports.metrics`,
      fill: scalar(`${name}.ports.metrics`),
    },
  ],
  added: [
    ...image(container),
    { at: podMetadata, fill: keyed('annotations', helper(`${name}.podAnnotations`)) },
    { at: [...podMetadata, 'labels'], fill: more(value(`${name}.podLabels`)) },
    { at: pod, fill: keyed('nodeSelector', value(`${name}.nodeSelector`)) },
    { at: pod, fill: keyed('imagePullSecrets', value('image.pullSecrets')) },
  ],
});

const controller = workload('controller');
const daemon = workload('daemon');

/** By kind and name. */
export const taken: Readonly<Record<string, readonly Taken[]>> = {
  'Deployment/ipam-controller': [
    ...controller.taken,
    { at: ['spec', 'replicas'], value: 'controller.replicas', fill: scalar('controller.replicas') },
    { at: [...pod, 'affinity'], value: 'controller.affinity', fill: { value: 'controller.affinity' } },
    { at: inContainer('ports', 1, 'containerPort'), value: 'webhook.port', fill: scalar('webhook.port') },
  ],
  'DaemonSet/ipam-daemon': [
    ...daemon.taken,
    { at: ['spec', 'updateStrategy'], value: 'daemon.updateStrategy', fill: { value: 'daemon.updateStrategy' } },
    { at: inContainer('imagePullPolicy'), value: 'image.pullPolicy', fill: quoted('image.pullPolicy') },
    { at: inContainer('ports', 1, 'containerPort'), value: 'daemon.ports.grpc', fill: scalar('daemon.ports.grpc') },
    { at: [...pod, 'volumes', 0, 'hostPath', 'path'], value: 'daemon.cniBinDir', fill: quoted('daemon.cniBinDir') },
    { at: [...pod, 'volumes', 1, 'hostPath', 'path'], value: 'daemon.dataDir', fill: quoted('daemon.dataDir') },
  ],
};

const definition: readonly Place[] = [
  {
    at: ['metadata'],
    fill: {
      lines: () => ['{{- if .Values.crds.keep }}', 'annotations:', '  helm.sh/resource-policy: keep', '{{- end }}'],
    },
  },
];

const monitor: readonly Place[] = [
  { at: ['spec', 'podMetricsEndpoints', 0, 'interval'], fill: quoted('monitoring.interval') },
  { at: ['metadata', 'labels'], fill: more(value('monitoring.labels')) },
];

const added: Readonly<Record<string, readonly Place[]>> = {
  'Deployment/ipam-controller': [
    ...controller.added,
    { at: container, fill: keyed('args', helper('controller.args')) },
    { at: container, fill: keyed('env', value('controller.env')) },
    { at: container, fill: keyed('volumeMounts', helper('controller.volumeMounts')) },
    { at: pod, fill: keyed('volumes', helper('controller.volumes')) },
  ],
  'DaemonSet/ipam-daemon': [
    ...image([...pod, 'initContainers', 0]),
    ...daemon.added,
    { at: pod, fill: keyed('affinity', value('daemon.affinity')) },
    { at: inContainer('args', 1), fill: { inline: '--store-engine={{ .Values.engine }}' } },
    {
      at: inContainer('args', 2),
      fill: { inline: '--grpc-addr={{ if .Values.daemon.grpc }}:{{ .Values.daemon.ports.grpc }}{{ end }}' },
    },
    { at: inContainer('args', 3), fill: more(helper('daemon.issuer')) },
    { at: inContainer('args'), fill: more(helper('daemon.args')) },
    { at: inContainer('env'), fill: more(value('daemon.env')) },
    { at: inContainer('volumeMounts'), fill: more(helper('daemon.volumeMounts')) },
    { at: [...pod, 'volumes'], fill: more(helper('daemon.volumes')) },
    { at: inContainer('securityContext', 'capabilities'), fill: more(helper('daemon.capabilities')) },
    { at: inContainer('volumeMounts', 2), fill: more(helper('daemon.mountPropagation')) },
  ],
};

/** Where values go into an object. @param name its kind and name */
export function placesIn(name: string): readonly Place[] {
  if (name.startsWith('CustomResourceDefinition/')) return definition;
  if (name.startsWith('PodMonitor/')) return monitor;
  const values = taken[name] ?? [];
  // A value that two objects have is taken from one of them.
  const others = (added[name] ?? []).filter(({ at }) => !values.some((one) => one.at.join() === at.join()));
  return [...values, ...others];
}

const isKubernetes = 'eq .Values.engine "kubernetes"';

/** When an object is rendered; absent: always. @param file its manifest, below deploy/ @param name its kind and name */
export function conditionOf(file: string, name: string): string | undefined {
  if (file.startsWith('crds/')) return `and .Values.crds.install (${isKubernetes})`;
  if (file === 'monitoring/pod-monitors.yaml') {
    return name.endsWith('/ipam-controller')
      ? `and .Values.monitoring.podMonitors (${isKubernetes})`
      : '.Values.monitoring.podMonitors';
  }
  if (file === 'disruption-budget.yaml') return `and .Values.controller.disruptionBudget (${isKubernetes})`;
  if (file === 'pod-webhook.yaml') return `and .Values.webhook.pods (${isKubernetes})`;
  if (file === 'node-policy.yaml') return `and .Values.nodePolicy (${isKubernetes})`;
  if (file === 'daemon.yaml' || (file === 'rbac/daemon.yaml' && name.startsWith('ServiceAccount/'))) return undefined;
  return isKubernetes;
}
