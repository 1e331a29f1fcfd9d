import { z } from 'zod';
import { strictObject } from '../resources/schema.ts';

type Labels = Readonly<Record<string, string>>;

const expression = strictObject({
  key: z.string().min(1),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).optional(),
}).refine(
  ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') === values.length > 0,
  'In and NotIn have values, Exists and DoesNotExist have none',
);

/** A LabelSelector of Kubernetes (meta/v1). An empty one selects everything. */
export const labelSelector = strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(expression).optional(),
});

export type LabelSelector = z.output<typeof labelSelector>;

/** As a query says it, so that an API server sends nothing else. */
export function selectorQuery({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

const branchLabel = 'dbbranch';

/**
 * Is a Pod left out by the label that names its branch of a database? The label's name is compared without its prefix, and
 * without regard to case: `DBBranch`, `example.com/dbBranch`.
 */
export function isExcluded(labels: Labels, prefixes: readonly string[]): boolean {
  return Object.entries(labels).some(
    ([key, value]) =>
      key.slice(key.indexOf('/') + 1).toLowerCase() === branchLabel &&
      prefixes.some((prefix) => value.startsWith(prefix)),
  );
}
