import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runbookOf } from '../../scripts/monitoring/rule.ts';
import { alerts } from '../../scripts/monitoring/rules.ts';
import { root } from '../kit/paths.ts';
import { type Finished, run } from '../kit/run.ts';
import { type AlertCase, alertCases, type Series } from './alert-cases.ts';

const rules = join(root, 'deploy/monitoring/rules.yaml');
const folder = mkdtempSync(join(tmpdir(), 'berth-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `promtool test rules` reads; JSON is YAML. */
async function promtool(alert: string, series: Series, at: string, expected: readonly object[]): Promise<Finished> {
  const file = join(folder, 'case.yaml');
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }],
  };
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }));
  return run('promtool', ['test', 'rules', file]);
}

const passed = { exit: 0, stderr: '' };

describe('the rules', () => {
  it('are as promtool wants them', async () => {
    expect(await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', rules])).toMatchObject(passed);
  });

  it('have a case for each alert', () => {
    expect(alertCases.map(({ alert }) => alert)).toEqual(alerts.map(({ alert }) => alert));
  });
});

describe.each(alertCases)('the alert $alert', ({ alert, fires, silent }: AlertCase) => {
  it(`fires: ${fires.when}`, async () => {
    const rule = alerts.find((one) => one.alert === alert);
    if (rule === undefined) throw new Error(`no alert is called ${alert}`);
    const expected = {
      exp_labels: { ...fires.labels, severity: rule.severity },
      exp_annotations: { summary: fires.summary, description: rule.description, runbook: runbookOf(rule) },
    };
    expect(await promtool(alert, fires.series, fires.at, [expected])).toMatchObject(passed);
  });

  it(`is silent: ${silent.when}`, async () => {
    expect(await promtool(alert, silent.series, silent.at, [])).toMatchObject(passed);
  });
});
