import { readJson } from '../resources/json-text.ts';
import { kindOf } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { dryRunMark } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { readManifests } from './read-manifests.ts';
import { reference, splitReference } from './reference.ts';
import type { Run, Session } from './run.ts';

export interface RemoveOptions {
  readonly filename?: string;
  readonly ignoreNotFound?: boolean;
  readonly dryRun?: boolean;
}

/** What the command names: a kind with names, or `kind/name` each. */
interface Words {
  readonly words: readonly string[];
}

interface Key {
  readonly kind: string;
  readonly name: string;
}

interface Outcome {
  readonly resource: string;
  readonly outcome: 'deleted' | 'is being deleted' | 'not found' | 'refused' | typeof wouldBeDeleted;
  readonly message?: string;
  readonly advice?: string;
}

const wouldBeDeleted = `deleted${dryRunMark}`;
type Act = (session: Session, key: Key) => Promise<Outcome>;

async function deleteNow(session: Session, key: Key): Promise<Outcome> {
  await session.client.resources('Delete', key);
  return afterDelete(session, key);
}

async function wouldDelete({ client }: Session, key: Key): Promise<Outcome> {
  await client.resources('DryRunDelete', key);
  return { resource: reference(key.kind, key.name), outcome: wouldBeDeleted };
}

/** `delete`: what is missing or refused does not keep the others from being deleted. */
export async function remove(session: Session, run: Run, options: RemoveOptions & Words): Promise<void> {
  const keys = await keysOf(options);
  const [only] = keys;
  const act = options.dryRun === true ? wouldDelete : deleteNow;
  // Of a single one its failure is the command's.
  if (options.filename === undefined && keys.length === 1 && only !== undefined && options.ignoreNotFound !== true) {
    tell(session, run, [await act(session, only)]);
    return;
  }
  const outcomes = await removeAll(session, keys, act);
  const missing = outcomes.some(({ outcome }) => outcome === 'not found') && options.ignoreNotFound !== true;
  if (outcomes.some(({ outcome }) => outcome === 'refused')) run.setExit(exitCodes.failed);
  else if (missing) run.setExit(exitCodes.notFound);
  tell(session, run, outcomes);
}

/** With `-o name` what is gone, or goes; what is not is told beside it. */
function tell({ output }: Session, run: Run, outcomes: readonly Outcome[]): void {
  if (isData(output)) {
    showData(output, outcomes);
    return;
  }
  for (const one of outcomes) {
    if (output.format !== 'name') output.print(textOf(one));
    else if (/deleted/.test(one.outcome)) output.print(`${one.resource}\n`);
    else run.warn(textOf(one).trimEnd());
  }
}

function textOf({ resource, outcome, message, advice }: Outcome): string {
  const why = message === undefined ? '' : `: ${message}`;
  return `${resource} ${outcome}${why}\n${advice ? `  hint: ${advice}\n` : ''}`;
}

/** @throws CliError, IpamError */
async function keysOf({ words, filename }: RemoveOptions & Words): Promise<readonly Key[]> {
  const keys = keysIn(words);
  if (filename === undefined && keys.length > 0) return keys;
  if (filename === undefined || words.length > 0) {
    throw new CliError('name a kind and a name, or -f a manifest', { code: 'usage', exit: exitCodes.usage });
  }
  return (await readManifests(filename)).map((resource) => ({ kind: resource.kind, name: resource.metadata.name }));
}

/** A kind and its names, or words that have both. Empty: neither. */
function keysIn([first = '', ...names]: readonly string[]): readonly Key[] {
  if (!first.includes('/')) return names.map((name) => ({ kind: kindOf(first).kind, name }));
  return [first, ...names].map((word) => {
    const [kind, name = ''] = splitReference(word);
    return { kind: kindOf(kind).kind, name };
  });
}

/** A subnet stands before its pools and goes after them: what did not go at first is looked at once more. */
async function removeAll(session: Session, keys: readonly Key[], act: Act): Promise<readonly Outcome[]> {
  const outcomes = new Map<Key, Outcome>();
  for (const key of keys) {
    session.step(`${outcomes.size} of ${keys.length} resources`);
    outcomes.set(key, await removeOne(session, key, act));
  }
  for (const [key, { outcome }] of outcomes) {
    if (outcome === 'is being deleted') outcomes.set(key, await afterDelete(session, key));
    if (outcome === 'refused' && keys.length > 1) outcomes.set(key, await removeOne(session, key, act));
  }
  return [...outcomes.values()];
}

async function removeOne(session: Session, { kind, name }: Key, act: Act): Promise<Outcome> {
  const resource = reference(kind, name);
  try {
    return await act(session, { kind, name });
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === exitCodes.unreachable) throw error;
    // Of a daemon that does not know a dry run, or does not judge such writes, nothing can be told.
    if (act === wouldDelete && error.code === 'unsupported') throw error;
    if (error.exit === exitCodes.notFound) return { resource, outcome: 'not found' };
    return { resource, outcome: 'refused', message: error.message, advice: error.advice };
  }
}

/** What is in use is only marked by a delete. */
async function afterDelete({ client }: Session, { kind, name }: Key): Promise<Outcome> {
  const resource = reference(kind, name);
  try {
    const { json } = await client.resources('Get', { kind, name });
    if ((readJson(json) as Resource).metadata.deletionTimestamp === undefined) return { resource, outcome: 'deleted' };
    return { resource, outcome: 'is being deleted', message: 'it goes when nothing of it is in use any more' };
  } catch (error) {
    if (error instanceof CliError && error.exit !== exitCodes.unreachable) return { resource, outcome: 'deleted' };
    throw error;
  }
}
