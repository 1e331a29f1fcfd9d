import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { chartFiles, chartFolder } from './helm-chart/chart.ts';
import { more, templateOf, value } from './helm-chart/template.ts';
import { withValues } from './helm-chart/values-table.ts';

describe('the Helm chart', () => {
  it('is generated from deploy/ (else: make generate)', () => {
    const files = chartFiles();
    for (const [path, text] of files) expect(readFileSync(join(chartFolder, path), 'utf8'), path).toBe(text);
    const present = readdirSync(join(chartFolder, 'templates/manifests')).map((name) => `templates/manifests/${name}`);
    expect(present.filter((path) => !files.has(path))).toEqual([]);
  });

  it('has its values in docs/helm.md (else: make generate)', () => {
    const page = readFileSync(join(chartFolder, '../../../docs/helm.md'), 'utf8');
    expect(page).toBe(withValues(page));
  });
});

describe('a manifest as a template', () => {
  const manifest =
    'spec:\n  replicas: 2 # two\n  labels:\n    a: b\n  list:\n    - name: one\n      more: {}\n    - two\n';
  const template = (at: readonly (string | number)[], fill: Parameters<typeof templateOf>[1][number]['fill']) =>
    templateOf(parseDocument(manifest), [{ at, fill }]);

  it('has an action in the place of a scalar, a list or a map', () => {
    expect(template(['spec', 'replicas'], { inline: '{{ .Values.n }}' })).toContain('  replicas: {{ .Values.n }}\n');
    expect(template(['spec', 'labels'], { value: 'x' })).toContain(
      '  labels:\n    {{- toYaml .Values.x | nindent 4 }}\n',
    );
    expect(template(['spec', 'list', 0, 'more'], { value: 'x' })).toContain(
      '      more:\n        {{- toYaml .Values.x | nindent 8 }}\n',
    );
    expect(template(['spec', 'list', 0, 'name'], { value: 'x' })).toContain(
      '    - name:\n        {{- toYaml .Values.x | nindent 8 }}\n',
    );
  });

  it('has lines at the end of a map or a list, or in the place of an item', () => {
    const lines = (indent: number) =>
      `${[' {{- with .Values.x }}', `{{- toYaml . | nindent ${indent} }}`, '{{- end }}'].join(`\n${' '.repeat(indent)}`).trim()}\n`;
    expect(template(['spec', 'labels'], more(value('x')))).toContain(`a: b\n    ${lines(4)}`);
    expect(template(['spec', 'list'], more(value('x')))).toContain(`- two\n    ${lines(4)}`);
    expect(template(['spec', 'list', 1], more(value('x')))).toContain(`more: {}\n    ${lines(4)}`);
  });

  it('is none where a value has no place in it', () => {
    expect(() => template(['spec', 'nothing'], { value: 'x' })).toThrow('the manifest has no spec.nothing');
  });
});
