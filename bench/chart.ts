export type Curve = readonly (readonly [x: number, y: number])[];

const width = 480;
const height = 260;
const margin = { left: 70, right: 20, top: 36, bottom: 40 };

/** One measured curve as SVG; both axes logarithmic, so that growth shows as slope. Values must be above 0. */
export function lineChart({ title, x, curve }: { title: string; x: string; curve: Curve }): string {
  const [across, up] = [scaleOf(curve.map(([value]) => value)), scaleOf(curve.map(([, value]) => value))];
  const left = (value: number): number => margin.left + across(value) * (width - margin.left - margin.right);
  const top = (value: number): number => height - margin.bottom - up(value) * (height - margin.top - margin.bottom);
  const points = curve.map(([at, value]) => `${round(left(at))},${round(top(value))}`);
  const dots = curve.map(([at, value]) => `<circle cx="${round(left(at))}" cy="${round(top(value))}" r="3"/>`);
  const below = curve.map(
    ([at]) => `<text x="${round(left(at))}" y="${height - 22}" text-anchor="middle">${brief(at)}</text>`,
  );
  const beside = curve.map(
    ([at, value]) =>
      `<text x="${round(left(at))}" y="${round(top(value) - 8)}" text-anchor="middle">${brief(value)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="white"/>
<text x="${margin.left}" y="18" font-size="13">${title}</text>
<path d="M${margin.left} ${margin.top}V${height - margin.bottom}H${width - margin.right}" fill="none" stroke="black"/>
<polyline points="${points.join(' ')}" fill="none" stroke="steelblue" stroke-width="2"/>
<g fill="steelblue">${dots.join('')}</g>
<g>${below.join('')}${beside.join('')}</g>
<text x="${width - margin.right}" y="${height - 6}" text-anchor="end">${x}, logarithmic</text>
</svg>
`;
}

/** 0..1 on a logarithmic axis from a tenth below the least to the most. */
function scaleOf(values: readonly number[]): (value: number) => number {
  const least = Math.log(Math.min(...values) * 0.8);
  const most = Math.log(Math.max(...values) * 1.25);
  return (value) => (Math.log(value) - least) / (most - least || 1);
}

function brief(value: number): string {
  if (value >= 1e6) return `${round(value / 1e6)} M`;
  if (value >= 1e4) return `${round(value / 1e3)} k`;
  return String(Number(value.toPrecision(3)));
}

function round(value: number): string {
  return value.toFixed(1);
}
