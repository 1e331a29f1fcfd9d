import type { Choice, Dashboard, Panel } from './panel.ts';

const columns = 24;
const heights: Readonly<Record<Panel['kind'], number>> = { timeseries: 8, stat: 4, bargauge: 8 };
/** Of Grafana 11; older ones from 9 on read it, newer ones lift it. */
const schemaVersion = 39;

const datasource = { type: 'prometheus', uid: '$datasource' };

/** The JSON that Grafana imports, rows below each other and panels beside each other as they fit. */
export function dashboardJson({ uid, title, choices, rows }: Dashboard): unknown {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of row.panels) {
      const [w, h] = [panel.width, heights[panel.kind]];
      if (x + w > columns) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      panels.push({ id: panels.length + 1, ...panelJson(panel), gridPos: { x, y, w, h } });
      x += w;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return {
    ...{ uid, title, tags: ['berth'], schemaVersion, version: 1, editable: true, graphTooltip: 1 },
    ...{ refresh: '30s', timezone: 'browser', time: { from: 'now-6h', to: 'now' }, annotations: { list: [] } },
    links: [
      { title: 'Berth', type: 'dashboards', tags: ['berth'], asDropdown: true, includeVars: true, keepTime: true },
    ],
    templating: { list: [datasourceChoice, ...choices.map(choiceJson)] },
    panels,
  };
}

const datasourceChoice = {
  ...{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0, refresh: 1 },
};

function choiceJson({ label, metric }: Choice): object {
  const query = `label_values(${metric}, ${label})`;
  return {
    ...{ name: label, label, type: 'query', datasource, query: { query, refId: label }, definition: query },
    ...{
      multi: true,
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
      refresh: 2,
      sort: 1,
      hide: 0,
    },
  };
}

function panelJson(panel: Panel): object {
  const { title, kind, description = '', queries } = panel;
  return {
    ...{ type: kind, title, description, datasource },
    targets: queries.map(({ expr, legend }, index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource, editorMode: 'code', expr, legendFormat: legend },
      ...(kind === 'timeseries' ? { range: true } : { instant: true }),
    })),
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    options: optionsOf(panel),
  };
}

function fieldDefaults({ kind, unit, bounds, isLowBad = false, isStacked = false }: Panel): object {
  return {
    ...{ unit, min: 0 },
    ...(unit === 'percentunit' ? { max: 1 } : {}),
    ...(bounds === undefined ? { color: { mode: kind === 'timeseries' ? 'palette-classic' : 'thresholds' } } : {}),
    thresholds: { mode: 'absolute', steps: stepsOf(bounds, isLowBad) },
    ...(kind === 'timeseries'
      ? {
          custom: {
            ...{ lineWidth: 1, fillOpacity: isStacked ? 40 : 0, showPoints: 'never' },
            stacking: { mode: isStacked ? 'normal' : 'none' },
            thresholdsStyle: { mode: bounds === undefined ? 'off' : 'dashed' },
          },
        }
      : {}),
  };
}

function stepsOf(bounds: Panel['bounds'], isLowBad: boolean): readonly object[] {
  const [first, second] = bounds ?? [];
  const colours = isLowBad ? ['red', 'yellow', 'green'] : ['green', 'yellow', 'red'];
  return [null, first, second].flatMap((value, index) =>
    value === undefined ? [] : [{ value, color: bounds === undefined ? 'green' : colours[index] }],
  );
}

function optionsOf({ kind }: Panel): object {
  switch (kind) {
    case 'timeseries':
      return {
        legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'none', textMode: 'value' };
    case 'bargauge':
      return { reduceOptions: { calcs: ['lastNotNull'] }, orientation: 'horizontal', displayMode: 'basic' };
  }
}
