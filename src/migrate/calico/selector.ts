import type { LabelSelector } from '../../resources/label-selector.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const key = '([-_.a-zA-Z0-9/]+)';
const value = `(?:"([^"]*)"|'([^']*)')`;
const list = String.raw`\{\s*((?:"[^"]*"|'[^']*')(?:\s*,\s*(?:"[^"]*"|'[^']*'))*)\s*,?\s*\}`;
const equals = new RegExp(`^${key}\\s*(==|!=)\\s*${value}$`);
const among = new RegExp(`^${key}\\s+(not\\s+in|in)\\s*${list}$`);
const has = new RegExp(`^(!?)\\s*has\\(\\s*${key}\\s*\\)$`);

/**
 * A selector of Calico's (libcalico-go, `lib/selector`) as one of Kubernetes', where that can say the same: comparisons, `in`, `not in`,
 * `has(…)` and `all()`, all of which must hold.
 * @returns undefined: everything. Text: what it says that Kubernetes' cannot
 */
export function labelSelectorOf(selector: string): LabelSelector | string | undefined {
  const parts = selector
    .split('&&')
    .map((part) => part.trim())
    .filter((part) => part !== 'all()');
  if (selector.trim() === '' || parts.length === 0) return undefined;
  const matchExpressions: Requirement[] = [];
  for (const part of parts) {
    const one = requirementOf(part);
    if (one === undefined) return part === '' ? selector : part;
    matchExpressions.push(one);
  }
  return { matchExpressions };
}

function requirementOf(part: string): Requirement | undefined {
  const [, label, operator, double, single] = equals.exec(part) ?? [];
  if (label !== undefined)
    return { key: label, operator: operator === '==' ? 'In' : 'NotIn', values: [double ?? single ?? ''] };
  const [, set, word, texts = ''] = among.exec(part) ?? [];
  if (set !== undefined) {
    const values = [...texts.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => a ?? b ?? '');
    return { key: set, operator: word === 'in' ? 'In' : 'NotIn', values };
  }
  const [, not, present] = has.exec(part) ?? [];
  return present === undefined ? undefined : { key: present, operator: not === '!' ? 'DoesNotExist' : 'Exists' };
}
