import type { LabelSelector } from '../label-selector.ts';
import type { Findings } from '../refusal.ts';

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** May a label have this key: a name of at most 63 characters, perhaps after a DNS name and a slash? */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return labelName.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && labelPrefix.test(prefix) && labelName.test(key.slice(slash + 1));
}

/** May a label have this value: empty, or as a name? */
export function isLabelValue(value: string): boolean {
  return value === '' || labelName.test(value);
}

/** A selector that names what no label can be selects nothing, ever. */
export function checkSelector(field: string, selector: LabelSelector | undefined, findings: Findings): void {
  for (const [key, values] of requirementsOf(selector ?? {})) {
    if (!isLabelKey(key)) {
      findings.refuse(
        `${field}: no label can have the key "${key}"`,
        'a key is [dns.name/]name, its name at most 63 letters, digits, "-", "_" and "."',
      );
    }
    for (const value of values) {
      if (isLabelValue(value)) continue;
      findings.refuse(
        `${field}: no label can have the value "${value}"`,
        'a value is at most 63 letters, digits, "-", "_" and "."',
      );
    }
  }
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): [string, readonly string[]][] {
  return [
    ...Object.entries(matchLabels).map(([key, value]): [string, readonly string[]] => [key, [value]]),
    ...matchExpressions.map(({ key, values = [] }): [string, readonly string[]] => [key, values]),
  ];
}
