import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parse, parseAllDocuments, stringify } from 'yaml';
import type { JsonSchema } from './json-schema.ts';
import { conditionOf, placesIn, taken } from './places.ts';
import { type Path, templateOf } from './template.ts';
import { type ChartValue, chartValues } from './values.ts';

const root = join(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
/** Where the chart is. */
export const chartFolder = join(deploy, 'helm/berth');
/** The namespace that the manifests name; the chart's is that of its release. */
const namespace = 'berth-system';
/** Not in the kustomization: values of the chart turn them on. */
const onDemand = ['disruption-budget.yaml', 'node-policy.yaml', 'pod-webhook.yaml', 'monitoring/pod-monitors.yaml'];
/** Texts with braces of their own, which a template must not read as actions. */
const monitoring = join(deploy, 'monitoring');

const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** Texts of the chart's generated files, by their paths in it. The others are written by hand. */
export function chartFiles(): ReadonlyMap<string, string> {
  const manifests = manifestFiles().map((file): [string, string] => [
    `templates/manifests/${file.replace('/', '-')}`,
    manifestTemplate(file),
  ]);
  const values = chartValues.map((value) => ({ ...value, default: defaultOf(value) }));
  return new Map([
    ['Chart.yaml', chartYaml()],
    ['values.yaml', `${generated}${valuesText(tree(values))}`],
    ['values.schema.json', `${JSON.stringify(valuesSchema(tree(values)), null, 2)}\n`],
    ...manifests,
    ...monitoringFiles(),
  ]);
}

/** What templates take as it is: the rules, and the dashboards. */
function monitoringFiles(): readonly (readonly [string, string])[] {
  const dashboards = readdirSync(join(monitoring, 'dashboards')).sort();
  return ['rules.yaml', ...dashboards.map((name) => `dashboards/${name}`)].map((path) => [
    `files/${path}`,
    readFileSync(join(monitoring, path), 'utf8'),
  ]);
}

const generated = '# Written by "make generate" from deploy/ and scripts/helm-chart.\n';

/** All but the Namespace, which is Helm's to make, before there is a release. */
function manifestFiles(): readonly string[] {
  const { resources } = parse(readFileSync(join(deploy, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  return [...resources.filter((file) => file !== 'namespace.yaml'), ...onDemand];
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const nameOf = ({ kind, metadata }: Named): string => `${kind}/${metadata.name}`;

function documentsIn(file: string): readonly Document[] {
  return parseAllDocuments(readFileSync(join(deploy, file), 'utf8'));
}

function manifestTemplate(file: string): string {
  const texts = documentsIn(file).map((document) => {
    const object = document.toJS() as Named;
    // What stands before all of a manifest tells how it is applied by hand.
    document.commentBefore = null;
    if (document.contents !== null) document.contents.commentBefore = null;
    const text = templateOf(document, placesIn(nameOf(object))).replaceAll(namespace, '{{ .Release.Namespace }}');
    const condition = conditionOf(file, nameOf(object));
    const whole = `---\n${text.replace(/^---\n/, '')}`;
    return condition === undefined ? whole : `{{- if ${condition} }}\n${whole}{{- end }}\n`;
  });
  return `${generated}${texts.join('')}`;
}

/** @throws Error when a value is nowhere in the manifests and has no default of its own */
function defaultOf({ path, default: own }: ChartValue): unknown {
  if (own !== undefined) return own;
  for (const object of ['controller.yaml', 'daemon.yaml'].flatMap(documentsIn).map((document) => document.toJS())) {
    const place = taken[nameOf(object as Named)]?.find(({ value }) => value === path);
    if (place !== undefined) return at(object, place.at);
  }
  throw new Error(`no manifest says what ${path} is`);
}

function at(object: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], object);
}

type Leaf = Required<ChartValue>;
interface Tree {
  [key: string]: Tree | Leaf;
}
const isLeaf = (one: Tree | Leaf): one is Leaf => typeof one.path === 'string';

function tree(values: readonly Leaf[]): Tree {
  const result: Tree = {};
  for (const value of values) {
    const steps = value.path.split('.');
    const last = steps.pop() ?? '';
    let inner = result;
    for (const step of steps) {
      inner[step] ??= {};
      inner = inner[step] as Tree;
    }
    inner[last] = value;
  }
  return result;
}

function valuesText(branch: Tree, indent = ''): string {
  return Object.entries(branch)
    .map(([key, one]) => {
      if (!isLeaf(one)) return `${indent}${key}:\n${valuesText(one, `${indent}  `)}`;
      const text = stringify({ [key]: one.default }, { lineWidth: 0 });
      return `${indent}# ${one.help}\n${text.replaceAll(/^(?=.)/gm, indent)}`;
    })
    .join('');
}

function valuesSchema(branch: Tree): JsonSchema {
  const { properties, ...schema } = branchSchema(branch);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart berth',
    ...schema,
    // A chart that has this one hands `global` down.
    properties: { ...(properties as object), global: { type: 'object' } },
  };
}

function branchSchema(branch: Tree): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(branch).map(([key, one]) => [
      key,
      isLeaf(one) ? { description: one.help, ...one.schema } : branchSchema(one),
    ]),
  );
  return { type: 'object', properties, additionalProperties: false };
}

function chartYaml(): string {
  const { description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { description: string };
  return `${generated}${stringify({
    apiVersion: 'v2',
    name: 'berth',
    description,
    type: 'application',
    version,
    appVersion: version,
    keywords: ['ipam', 'cni', 'underlay', 'spiderpool'],
    annotations: { 'artifacthub.io/license': 'MIT' },
  })}`;
}
