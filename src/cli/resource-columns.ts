import { formatJson } from '../resources/json-text.ts';
import type { KindInfo } from '../resources/kinds.ts';
import { type PrinterColumn, valueAt } from '../resources/printer-columns.ts';
import type { Resource } from '../resources/resource.ts';
import { ageColumn } from './columns.ts';
import type { Column } from './output.ts';
import { reference } from './reference.ts';

/** The columns that kubectl shows of the kind, and the age of all. */
export function resourceColumns(
  { namespaced, printerColumns }: KindInfo,
  shown: readonly Resource[],
): readonly Column<Resource>[] {
  const others = printerColumns.filter(({ type }) => type !== 'date').map(columnOf);
  return [
    ...(namespaced ? [{ title: 'NAMESPACE', text: ({ metadata }: Resource) => metadata.namespace ?? '' }] : []),
    {
      title: 'NAME',
      text: ({ metadata }) => metadata.name,
      name: ({ kind, metadata }) => reference(kind, metadata.name),
    },
    ...others,
    // What is not usual has a column only where it is so.
    ...(shown.some(isGoing)
      ? [{ title: 'STATUS', text: (one: Resource) => (isGoing(one) ? 'Terminating' : '-') }]
      : []),
    ageColumn(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '')),
  ];
}

function columnOf({ name, jsonPath, priority = 0 }: PrinterColumn): Column<Resource> {
  return {
    title: name.toUpperCase(),
    text: (resource) => textOf(valueAt(resource, jsonPath)),
    wide: priority > 0,
  };
}

function textOf(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : formatJson(value);
}

function isGoing({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp !== undefined;
}
