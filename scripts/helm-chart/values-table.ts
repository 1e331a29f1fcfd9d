import { stringify } from 'yaml';
import { type ChartValue, chartValues } from './values.ts';

const place = /(<!-- values of the chart -->\n)[\s\S]*?(<!-- end of values -->)/;

/** The page with the table of the chart's values. @throws Error: it has no place for it */
export function withValues(page: string): string {
  if (!place.test(page)) throw new Error('the page has no place for the values of the chart');
  const rows = chartValues.map((value) => `| \`${value.path}\` | ${shown(value)} | ${value.help} |\n`).join('');
  return page.replace(place, (_all, begin: string, end: string) => {
    return `${begin}| value | default | |\n|---|---|---|\n${rows}${end}`;
  });
}

/** What the manifests say is told there. */
function shown({ default: own }: ChartValue): string {
  if (own === undefined) return 'as in `deploy/`';
  return own === '' ? '' : `\`${stringify(own).trim()}\``;
}
