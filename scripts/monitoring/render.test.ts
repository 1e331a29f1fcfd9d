import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { dashboardJson } from './dashboard-json.ts';
import type { Panel } from './panel.ts';
import { renderMonitoring } from './render.ts';
import { runbookOf, runbookPage } from './rule.ts';
import { alerts } from './rules.ts';

const root = join(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = (path: string) => parseAllDocuments(text(path)).map((one) => one.toJS());

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

describe('deploy/monitoring', () => {
  it.each(renderMonitoring())('has $path as it is generated (make generate)', ({ path, text: generated }) => {
    expect(text(`deploy/monitoring/${path}`)).toBe(generated);
  });

  it('has nothing that the component does not bring, but for the rules of a Prometheus without an operator', () => {
    const { resources, configMapGenerator } = parse(text('deploy/monitoring/kustomization.yaml'));
    const brought = [...resources, ...configMapGenerator.flatMap((one: { files: string[] }) => one.files)];
    const present = readdirSync(join(root, 'deploy/monitoring'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(root, 'deploy/monitoring/').length));
    expect([...brought, 'kustomization.yaml', 'rules.yaml'].toSorted()).toEqual(present.toSorted());
  });

  it('has objects that the schemas of the Prometheus operator allow', () => {
    const monitors = documents('deploy/monitoring/pod-monitors.yaml');
    expect(monitors).toHaveLength(2);
    for (const monitor of monitors) new PodMonitor(monitor).validate();
    const [rule] = documents('deploy/monitoring/prometheus-rule.yaml');
    new PrometheusRule(rule).validate();
    expect(() => new PrometheusRule({ ...rule, spec: { groups: [{ rules: [] }] } }).validate()).toThrow('name');
  });

  it('watches the Pods that deploy/ has, at a port that they name', () => {
    const watched = documents('deploy/monitoring/pod-monitors.yaml').map(({ metadata, spec }) => ({
      namespace: metadata.namespace,
      labels: spec.selector.matchLabels,
      ports: spec.podMetricsEndpoints.map(({ port }: { port: string }) => port),
    }));
    const deployed = ['deploy/daemon.yaml', 'deploy/controller.yaml'].flatMap(documents);
    expect(watched).toEqual(
      deployed.map(({ metadata, spec: { template } }) => ({
        namespace: metadata.namespace,
        labels: template.metadata.labels,
        ports: template.spec.containers.flatMap(({ ports }: { ports: { name: string }[] }) =>
          ports.flatMap(({ name }) => (name === 'metrics' ? [name] : [])),
        ),
      })),
    );
  });
});

describe('the runbooks', () => {
  it('have a heading for each alert, and none for others', () => {
    const headings = [...text(runbookPage).matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name);
    expect(headings).toEqual(alerts.map(({ alert }) => alert));
    expect(alerts.map(runbookOf)).toEqual(headings.map((name) => `${runbookPage}#${name.toLowerCase()}`));
  });
});

describe('a dashboard', () => {
  const panel: Panel = { title: 'a', kind: 'timeseries', unit: 'short', width: 12, queries: [] };
  const { panels } = dashboardJson({
    ...{ uid: 'u', title: 't', choices: [] },
    rows: [
      { title: 'one', panels: [panel, panel, { ...panel, kind: 'stat', width: 6 }] },
      { title: 'two', panels: [{ ...panel, width: 24 }] },
    ],
  }) as { readonly panels: readonly { readonly id: number; readonly type: string; readonly gridPos: Grid }[] };

  it('has its panels beside each other as they fit, and its rows below each other', () => {
    expect(panels.map(({ type, gridPos: { x, y, w } }) => `${type} ${x},${y} ${w}`)).toEqual([
      'row 0,0 24',
      'timeseries 0,1 12',
      'timeseries 12,1 12',
      'stat 0,9 6',
      'row 0,13 24',
      'timeseries 0,14 24',
    ]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
