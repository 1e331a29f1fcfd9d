/** What a panel asks Prometheus for. */
export interface Query {
  readonly expr: string;
  /** Of a series; Grafana's template of its labels. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat' | 'bargauge';
  /** Of Grafana: `short`, `percentunit`, `s`, `bytes`, `ops`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of the 24 columns of a dashboard. */
  readonly width: 6 | 8 | 12 | 24;
  /** For whoever has not seen it before. */
  readonly description?: string;
  /** From which values on it is yellow and red. */
  readonly bounds?: readonly [yellow: number, red: number];
  /** Does a small value mean trouble? Then it is red below the first bound, and yellow below the second. */
  readonly isLowBad?: boolean;
  readonly isStacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A choice that the reader has, of the values that a label has. */
export interface Choice {
  readonly label: string;
  readonly metric: string;
}

export interface Dashboard {
  /** Of its address in Grafana, and of its file. */
  readonly uid: string;
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly Row[];
}

/** A line for each label set. */
export function lines(title: string, unit: string, width: Panel['width'], ...queries: readonly Query[]): Panel {
  return { title, kind: 'timeseries', unit, width, queries };
}

/** One number. */
export function number(title: string, unit: string, expr: string): Panel {
  return { title, kind: 'stat', unit, width: 6, queries: [{ expr, legend: '' }] };
}
