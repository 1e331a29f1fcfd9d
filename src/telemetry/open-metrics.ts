/**
 * The text of a scrape in the format of OpenMetrics 1.0, from that of Prometheus (0.0.4): a counter is called without `_total` where it
 * is described, what is neither gauge nor counter is `unknown`, quotes in a description are escaped, and the end is marked, so that a
 * scrape that was cut off is seen as one. The library's own conversion changes the names of its metrics for good.
 */
export function openMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(
    lines.flatMap((line) => {
      const [, name] = /^# TYPE (\S+) counter$/.exec(line) ?? [];
      return name === undefined ? [] : [name];
    }),
  );
  const described = lines.map((line) => {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined) return line;
    const family = counters.has(name) ? name.replace(/_total$/, '') : name;
    if (keyword === 'HELP') return `# HELP ${family} ${rest.replaceAll('"', '\\"')}`;
    return `# TYPE ${family} ${rest === 'untyped' ? 'unknown' : rest}`;
  });
  return `${[...described, '# EOF'].join('\n')}\n`;
}

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Would who asks rather have OpenMetrics than plain text? @param accept of the request's `Accept` (RFC 9110, 12.5.1). Versions that are
 * not ours count as not asked for.
 */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(mediaRange);
  const open = ranges.filter(
    ({ type, version }) => type === 'application/openmetrics-text' && ['', '1.0.0', '0.0.1'].includes(version),
  );
  const plain = ranges.filter(({ type }) => type === 'text/plain');
  const most = (of: typeof ranges): number => Math.max(0, ...of.map(({ quality }) => quality));
  return most(open) > 0 && most(open) >= most(plain);
}

function mediaRange(text: string): { readonly type: string; readonly version: string; readonly quality: number } {
  const [type = '', ...parameters] = text.split(';').map((word) => word.trim().toLowerCase());
  const values = new Map(parameters.map((parameter) => parameter.split(/\s*=\s*/, 2) as [string, string]));
  const quality = Number(values.get('q') ?? 1);
  return { type, version: values.get('version') ?? '', quality: Number.isFinite(quality) ? quality : 0 };
}
