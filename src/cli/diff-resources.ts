import { diff } from 'node:util';
import { stringify } from 'yaml';
import { readJson } from '../resources/json-text.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { readManifests } from './read-manifests.ts';
import { reference } from './reference.ts';
import type { Run, Session } from './run.ts';

interface Difference {
  readonly resource: string;
  /** What apply would come to: created, configured, unchanged or refused. */
  readonly outcome: string;
  /** As of diff(1), unified; empty: there is none. */
  readonly diff: string;
  readonly message?: string;
  readonly advice?: string;
}

/** Lines around a change, as diff(1) shows them. */
const context = 3;

/** `diff`: what an apply of the manifest would change. */
export async function differences({ client, output }: Session, run: Run, filename: string): Promise<void> {
  const found: Difference[] = [];
  for (const resource of await readManifests(filename)) {
    try {
      found.push(await differenceOf(client, resource));
    } catch (error) {
      if (!(error instanceof CliError) || ['unreachable', 'unsupported'].includes(error.code)) throw error;
      const { message, advice } = error;
      found.push({ resource: nameOf(resource), outcome: 'refused', diff: '', message, advice });
    }
  }
  if (found.some(({ diff }) => diff !== '')) run.setExit(exitCodes.differs);
  const refused = found.filter(({ outcome }) => outcome === 'refused');
  if (refused.length > 0) run.setExit(exitCodes.failed);
  if (isData(output)) return showData(output, found);
  for (const { diff: text } of found) output.print(text);
  for (const { resource, message, advice } of refused) {
    run.warn(`${resource} would be refused: ${message}${advice ? `\nhint: ${advice}` : ''}`);
  }
}

async function differenceOf(client: Session['client'], wanted: Resource): Promise<Difference> {
  const resource = nameOf(wanted);
  const { json, outcome } = await client.resources('DryRunApply', { json: JSON.stringify(wanted) });
  if (outcome === 'unchanged') return { resource, outcome, diff: '' };
  const after = textOf(readJson(json) as Resource);
  const before =
    outcome === 'created'
      ? ''
      : textOf(
          readJson((await client.resources('Get', { kind: wanted.kind, name: wanted.metadata.name })).json) as Resource,
        );
  return { resource, outcome, diff: unified(resource, before, after) };
}

function nameOf({ kind, metadata: { name } }: Resource): string {
  return reference(kind, name);
}

/** Without what an author does not write. */
function textOf({ apiVersion, kind, metadata, spec }: Resource): string {
  const { name, namespace, labels, annotations } = metadata;
  return stringify({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec });
}

type Line = readonly [sign: ' ' | '-' | '+', text: string];

/** What diff -u prints of two texts; empty: they are the same. */
export function unified(name: string, before: string, after: string): string {
  const lines = changesOf(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines);
  if (hunks.length === 0) return '';
  const texts = hunks.map(({ from, to }) => hunkText(lines, from, to));
  return `--- ${name} (now)\n+++ ${name} (applied)\n${texts.join('')}`;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function changesOf(before: readonly string[], after: readonly string[]): readonly Line[] {
  if (before.length === 0 || after.length === 0) {
    return [...before.map((text) => ['-', text] as const), ...after.map((text) => ['+', text] as const)];
  }
  return diff(before, after).map(([operation, text]) => [operation === 0 ? ' ' : operation > 0 ? '-' : '+', text]);
}

/** Which lines are shown: each change with those around it; what touches is one. */
function hunksOf(lines: readonly Line[]): readonly { readonly from: number; readonly to: number }[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [index, [sign]] of lines.entries()) {
    if (sign === ' ') continue;
    const from = Math.max(0, index - context);
    const to = Math.min(lines.length, index + context + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const own = lines.slice(from, to);
  const count = (part: readonly Line[], without: string): number => part.filter(([sign]) => sign !== without).length;
  const place = (without: '+' | '-'): string => {
    const length = count(own, without);
    return `${count(lines.slice(0, from), without) + (length === 0 ? 0 : 1)},${length}`;
  };
  return `@@ -${place('+')} +${place('-')} @@\n${own.map(([sign, text]) => `${sign}${text}\n`).join('')}`;
}
