import type { PoolShare } from '../ipam/explain/explanation.ts';
import type { PoolUsage } from '../ipam/port.ts';
import { countText } from './figures.ts';
import { type Html, html } from './html.ts';
import type { Texts } from './texts-en.ts';

/** A part of something, by what has it. */
export interface Part {
  readonly kind: PoolShare['kind'];
  readonly count: bigint;
}

const width = 1_000;

/** A bar of parts that add up to the whole. Widths are attributes: the page's policy lets no style in. */
export function stackedBar(texts: Texts, parts: readonly Part[]): Html {
  const total = parts.reduce((sum, { count }) => sum + count, 0n);
  const shown = parts.filter(({ count }) => count > 0n);
  let at = 0;
  const pieces = shown.map(({ kind, count }) => {
    // What is there is seen, however little it is.
    const wide = Math.max(4, Number((count * BigInt(width)) / total));
    const piece = html`<rect class="k-${kind}" x="${at}" width="${wide}" height="10"/>`;
    at += wide;
    return piece;
  });
  const label = shown.map(({ kind, count }) => `${texts.kind[kind]} ${countText(count)}`).join(', ');
  return html`<svg class="bar" viewBox="0 0 ${Math.max(width, at)} 10" preserveAspectRatio="none" role="img" aria-label="${label || texts.noneOfFamily}"><title>${label || texts.noneOfFamily}</title>${pieces}</svg>`;
}

/** What counts of a pool say. */
export function usageParts({ total, used, parked, unknown, coolingDown }: PoolCounts): readonly Part[] {
  const kept = min(BigInt(parked), used);
  const rest = max(total - used - unknown, 0n);
  const cooling = min(BigInt(coolingDown), rest);
  return [
    { kind: 'held', count: used - kept },
    { kind: 'kept', count: kept },
    { kind: 'cooling-down', count: cooling },
    { kind: 'unknown', count: unknown },
    { kind: 'free', count: rest - cooling },
  ];
}

export type PoolCounts = Pick<PoolUsage, 'total' | 'used' | 'unknown' | 'coolingDown'> & { readonly parked: number };

/** The meaning of a bar's colours. */
export function legend(texts: Texts, kinds: readonly PoolShare['kind'][]): Html {
  const keys = kinds.map(
    (kind) =>
      html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="k-${kind}" width="10" height="10"/></svg>${texts.kind[kind]}</li>`,
  );
  return html`<ul class="legend">${keys}</ul>`;
}

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);
