import { type Document, isMap, isSeq } from 'yaml';

export type Path = readonly (string | number)[];

/** What a template says in the place of what a manifest says. */
export type Fill =
  /** Text with actions, in the place of a scalar. */
  | { readonly inline: string }
  /** A value as YAML, in the place of a list or a map. */
  | { readonly value: string }
  /** Lines at the end of a map or a list, or in the place of an item of a list; they may come to none. */
  | { readonly lines: (indent: number) => readonly string[] };

export interface Place {
  /** Of what is replaced; of lines at the end of a map or a list, that one. */
  readonly at: Path;
  readonly fill: Fill;
}

/** What an expression comes to, under a key; where that is nothing, there is no key. */
export function keyed(key: string, from: Source): Fill {
  return {
    lines: (indent) => [
      `{{- with ${from.text} }}`,
      `${key}:`,
      `  {{- ${from.shown} | nindent ${indent + 2} }}`,
      '{{- end }}',
    ],
  };
}

/** What an expression comes to, among the lines of a map or a list. */
export function more(from: Source): Fill {
  return { lines: (indent) => [`{{- with ${from.text} }}`, `{{- ${from.shown} | nindent ${indent} }}`, '{{- end }}'] };
}

interface Source {
  readonly text: string;
  readonly shown: string;
}

/** A template of `_helpers.tpl`. */
export const helper = (name: string): Source => ({ text: `include "berth.${name}" . | trim`, shown: '.' });
export const value = (path: string): Source => ({ text: `.Values.${path}`, shown: 'toYaml .' });

const mark = (index: number): string => `HOLE${index}`;
const marked = /^(?<indent> *)(?<before>(?:- )?(?:\S+: )?)HOLE(?<index>\d+)(?:: null)?(?: #.*)?$/;

/** The manifest as a template. @throws Error where a place is not in the manifest */
export function templateOf(document: Document, places: readonly Place[]): string {
  places.forEach(({ at, fill }, index) => {
    const present = document.getIn(at);
    if (present === undefined && at.length > 0) throw new Error(`the manifest has no ${at.join('.')}`);
    if (!('lines' in fill)) document.setIn(at, mark(index));
    else if (isSeq(present)) document.addIn(at, mark(index));
    else if (isMap(present)) document.setIn([...at, mark(index)], null);
    else document.setIn(at, mark(index));
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return text
    .split('\n')
    .map((line) => filled(line, places))
    .join('\n');
}

function filled(line: string, places: readonly Place[]): string {
  const { indent = '', before = '', index } = marked.exec(line)?.groups ?? {};
  const fill = places[Number(index ?? Number.NaN)]?.fill;
  if (fill === undefined) return line;
  if ('inline' in fill) return `${indent}${before}${fill.inline}`;
  // The line after a dash begins where its key does.
  const own = indent.length + (before.startsWith('- ') ? 2 : 0);
  if ('value' in fill) {
    return `${indent}${before.trimEnd()}\n${' '.repeat(own + 2)}{{- toYaml .Values.${fill.value} | nindent ${own + 2} }}`;
  }
  return fill
    .lines(indent.length)
    .map((one) => `${indent}${one}`)
    .join('\n');
}
