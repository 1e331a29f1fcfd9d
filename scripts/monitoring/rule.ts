/** A series that Prometheus keeps of an expression. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** `critical`: Pods do not start, or soon will not, or two have one address. `warning`: this week. `info`: to know. */
export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold, a duration of Prometheus. */
  readonly for: string;
  readonly severity: Severity;
  /** One line for whoever is woken; a template of Prometheus. */
  readonly summary: string;
  /** What it means for Pods. */
  readonly description: string;
}

export interface Group {
  readonly name: string;
  readonly rules: readonly (Recording | Alert)[];
}

export const isAlert = (rule: Recording | Alert): rule is Alert => 'alert' in rule;

/** The page that says what to do, with a heading for each alert. */
export const runbookPage = 'docs/runbooks.md';

/** Where it is said what to do. */
export function runbookOf({ alert }: Pick<Alert, 'alert'>): string {
  return `${runbookPage}#${alert.toLowerCase()}`;
}
