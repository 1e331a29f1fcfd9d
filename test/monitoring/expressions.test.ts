import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isAlert } from '../../scripts/monitoring/rule.ts';
import { groups } from '../../scripts/monitoring/rules.ts';
import { root } from '../kit/paths.ts';
import { run } from '../kit/run.ts';
import { blocksOf } from '../walkthrough/blocks.ts';
import { alertCases } from './alert-cases.ts';
import { groupedBy, selectorsOf } from './expression.ts';
import { knownSeries } from './known-metrics.ts';

interface Used {
  readonly where: string;
  readonly expr: string;
}

const folder = join(root, 'deploy/monitoring/dashboards');
const inDashboards: readonly Used[] = readdirSync(folder).flatMap((file) => {
  const { panels, templating } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
    readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  };
  const chosen = templating.list.flatMap(
    ({ definition = '' }) => /label_values\((\w+), (\w+)\)/.exec(definition) ?? [],
  );
  const asked = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr })),
  );
  const [, metric, label] = chosen;
  const choice = metric === undefined ? [] : [{ where: `${file}: choice`, expr: `count by (${label}) (${metric})` }];
  return [...asked, ...choice];
});

const inRules: readonly Used[] = groups.flatMap(({ rules }) =>
  rules.map((rule) => ({ where: isAlert(rule) ? rule.alert : rule.record, expr: rule.expr })),
);

const inPages: readonly Used[] = ['docs/metrics.md', 'docs/forecast.md', 'docs/monitoring.md'].flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'promql')
    .flatMap(({ text, line }) =>
      text.split('\n').flatMap((expr, index) => (expr === '' ? [] : [{ where: `${page}:${line + index + 1}`, expr }])),
    ),
);

const all = [...inRules, ...inDashboards, ...inPages];

/** As Grafana fills in what stands for the reader's choice. */
function filledIn({ expr }: Used): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*').replace(/#.*/, '');
}

const scratch = mkdtempSync(join(tmpdir(), 'berth-expressions-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('every expression of rules, dashboards and pages', () => {
  const known = knownSeries();
  const recorded = new Map(
    groups.flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [[rule.record, rule.expr] as const]))),
  );
  /** Of Prometheus itself. */
  const itsOwn = new Map([
    ['up', ['job', 'instance']],
    ['ALERTS', ['alertname', 'alertstate']],
  ]);
  const labelsOf = (name: string): ReadonlySet<string> | undefined =>
    known.get(name) ??
    (recorded.has(name)
      ? new Set(groupedBy(recorded.get(name) ?? '').concat('pool', 'family', 'namespace'))
      : undefined) ??
    (itsOwn.has(name) ? new Set(itsOwn.get(name)) : undefined);

  it('is one that Prometheus can read', async () => {
    const file = join(scratch, 'rules.yaml');
    const rules = all.map((used, index) => ({ record: `expression:${index}`, expr: filledIn(used) }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'all', rules }] }));
    expect(all.length).toBeGreaterThan(80);
    expect(await run('promtool', ['check', 'rules', file])).toMatchObject({ exit: 0, stderr: '' });
  });

  it('names series that there are, and labels that they have', () => {
    const wrong = all.flatMap((used) => {
      const expr = filledIn(used);
      const selectors = selectorsOf(expr);
      const some = new Set(selectors.flatMap(({ name }) => [...(labelsOf(name) ?? [])]));
      return [
        ...(selectors.length === 0 ? [`${used.where}: no series`] : []),
        ...selectors.flatMap(({ name, labels }) => {
          const has = labelsOf(name);
          if (has === undefined) return [`${used.where}: ${name}`];
          return labels.filter((label) => !has.has(label)).map((label) => `${used.where}: ${name}{${label}}`);
        }),
        ...groupedBy(expr).flatMap((label) => (some.has(label) ? [] : [`${used.where}: by (${label})`])),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('is tried with series of the names that are shown', () => {
    const named = alertCases.flatMap(({ fires, silent }) => [
      ...Object.keys(fires.series),
      ...Object.keys(silent.series),
    ]);
    const wrong = named.flatMap(selectorsOf).filter(({ name, labels }) => {
      const has = labelsOf(name);
      return has === undefined || labels.some((label) => !has.has(label));
    });
    expect(wrong).toEqual([]);
  });
});

describe('what is found in an expression', () => {
  it('is each series, with the labels that are asked of it', () => {
    const expr =
      'histogram_quantile(0.99, sum by (le, verb) (rate(a_bucket{x="count by (y)",z=~"b.*"}[5m]))) / on (pool) (b:c > 0) < Inf';
    expect(selectorsOf(expr)).toEqual([
      { name: 'a_bucket', labels: ['x', 'z'] },
      { name: 'b:c', labels: [] },
    ]);
    expect(groupedBy('sum by (le, verb) (a) / on (pool) b')).toEqual(['le', 'verb', 'pool']);
  });
});

describe('the PrometheusRule', () => {
  it('has the rules of the file for a Prometheus without an operator', () => {
    const read = (path: string) => parse(readFileSync(join(root, 'deploy/monitoring', path), 'utf8'));
    expect(read('prometheus-rule.yaml').spec.groups).toEqual(read('rules.yaml').groups);
  });
});
