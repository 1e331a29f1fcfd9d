import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runbookOf } from '../../scripts/monitoring/rule.ts';
import { alerts } from '../../scripts/monitoring/rules.ts';
import { root } from '../kit/paths.ts';
import { type Finished, run } from '../kit/run.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';

const rules = join(root, 'deploy/monitoring/rules.yaml');
const folder = mkdtempSync(join(tmpdir(), 'berth-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One case, as `promtool test rules` reads it; JSON is YAML. */
function caseOf(alert: string, { series, at }: AlertCase['silent'], expected: readonly object[]): object {
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }],
  };
}

/** All cases in one run: it says of each that fails which alert, when, what was expected and what came. */
async function promtool(tests: readonly object[]): Promise<Finished> {
  const file = join(folder, 'cases.yaml');
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }));
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

describe('the alerts', () => {
  it('fire, each in its case', async () => {
    const cases = alertCases.map(({ alert, fires }) => {
      const rule = alerts.find((one) => one.alert === alert);
      if (rule === undefined) throw new Error(`no alert is called ${alert}`);
      const expected = {
        exp_labels: { ...fires.labels, severity: rule.severity },
        exp_annotations: { summary: fires.summary, description: rule.description, runbook: runbookOf(rule) },
      };
      return caseOf(alert, fires, [expected]);
    });
    expect(await promtool(cases)).toMatchObject(passed);
  });

  it('are silent, each where something is near', async () => {
    expect(await promtool(alertCases.map(({ alert, silent }) => caseOf(alert, silent, [])))).toMatchObject(passed);
  });

  it('are told apart by promtool: one that is expected where it is silent fails, by its name', async () => {
    const [first, second] = alertCases;
    if (first === undefined || second === undefined) throw new Error('there are no cases');
    const wrong = caseOf(second.alert, second.silent, [{ exp_labels: {}, exp_annotations: {} }]);
    const { exit, stderr } = await promtool([caseOf(first.alert, first.silent, []), wrong]);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(second.alert);
  });
});
