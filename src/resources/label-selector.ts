import { z } from 'zod';
import { ownValue } from './own-value.ts';
import { strictObject } from './schema.ts';

const labelRequirement = strictObject({
  key: z.string().min(1),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).max(1_000).optional(),
}).refine(
  ({ operator, values = [] }) => operator.endsWith('In') === values.length > 0,
  'In and NotIn need values, Exists and DoesNotExist take none',
);

/** Kubernetes' LabelSelector (meta/v1). All of it must hold; an empty one selects everything. */
export const labelSelectorSchema = strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(labelRequirement).max(1_000).optional(),
});

export type LabelSelector = z.output<typeof labelSelectorSchema>;
type LabelRequirement = z.output<typeof labelRequirement>;
export type Labels = Readonly<Record<string, string>>;

export function isSelected(labels: Labels, { matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => ownValue(labels, key) === value) &&
    matchExpressions.every((requirement) => isMet(labels, requirement))
  );
}

function isMet(labels: Labels, { key, operator, values = [] }: LabelRequirement): boolean {
  const value = ownValue(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** As kubectl writes selectors: `app=web,tier in (a,b),!old`. */
export function formatSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...matchExpressions.map(formatRequirement)].join(',');
}

function formatRequirement({ key, operator, values = [] }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
