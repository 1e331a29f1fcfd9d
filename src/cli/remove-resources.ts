import { readJson } from '../resources/json-text.ts';
import { kindOf } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { readManifests } from './read-manifests.ts';
import type { Run, Session } from './run.ts';

export interface RemoveOptions {
  readonly filename?: string;
  readonly ignoreNotFound?: boolean;
}

interface Key {
  readonly kind: string;
  readonly name: string;
}

interface Outcome {
  readonly resource: string;
  readonly outcome: 'deleted' | 'is being deleted' | 'not found' | 'refused';
  readonly message?: string;
  readonly advice?: string;
}

/** `delete`: what is missing or refused does not keep the others from being deleted. */
export async function remove(
  session: Session,
  run: Run,
  options: RemoveOptions & { readonly kind: string | undefined; readonly name: string | undefined },
): Promise<void> {
  const { output } = session;
  const keys = await keysOf(options);
  const [only] = keys;
  // Of a single one its failure is the command's.
  if (options.filename === undefined && only !== undefined && options.ignoreNotFound !== true) {
    await session.client.resources('Delete', only);
    const outcome = await afterDelete(session, only);
    return isData(output) ? showData(output, [outcome]) : output.print(textOf(outcome));
  }
  const outcomes = await removeAll(session, keys);
  const missing = outcomes.some(({ outcome }) => outcome === 'not found') && options.ignoreNotFound !== true;
  if (outcomes.some(({ outcome }) => outcome === 'refused')) run.setExit(exitCodes.failed);
  else if (missing) run.setExit(exitCodes.notFound);
  if (isData(output)) return showData(output, outcomes);
  for (const outcome of outcomes) output.print(textOf(outcome));
}

function textOf({ resource, outcome, message, advice }: Outcome): string {
  const why = message === undefined ? '' : `: ${message}`;
  return `${resource} ${outcome}${why}\n${advice ? `  hint: ${advice}\n` : ''}`;
}

/** @throws CliError, IpamError */
async function keysOf({
  kind = '',
  name = '',
  filename,
}: RemoveOptions & { readonly kind: string | undefined; readonly name: string | undefined }): Promise<readonly Key[]> {
  const isNamed = kind !== '' && name !== '';
  if (filename === undefined && isNamed) return [{ kind: kindOf(kind).kind, name }];
  if (filename === undefined || kind !== '') {
    throw new CliError('name a kind and a name, or -f a manifest', { code: 'usage', exit: exitCodes.usage });
  }
  return (await readManifests(filename)).map((resource) => ({ kind: resource.kind, name: resource.metadata.name }));
}

/** A subnet stands before its pools and goes after them: what did not go at first is looked at once more. */
async function removeAll(session: Session, keys: readonly Key[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<Key, Outcome>();
  for (const key of keys) outcomes.set(key, await removeOne(session, key));
  for (const [key, { outcome }] of outcomes) {
    if (outcome === 'is being deleted') outcomes.set(key, await afterDelete(session, key));
    if (outcome === 'refused' && keys.length > 1) outcomes.set(key, await removeOne(session, key));
  }
  return [...outcomes.values()];
}

async function removeOne(session: Session, { kind, name }: Key): Promise<Outcome> {
  const resource = `${kind.toLowerCase()}/${name}`;
  try {
    await session.client.resources('Delete', { kind, name });
    return await afterDelete(session, { kind, name });
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === exitCodes.unreachable) throw error;
    if (error.exit === exitCodes.notFound) return { resource, outcome: 'not found' };
    return { resource, outcome: 'refused', message: error.message, advice: error.advice };
  }
}

/** What is in use is only marked by a delete. */
async function afterDelete({ client }: Session, { kind, name }: Key): Promise<Outcome> {
  const resource = `${kind.toLowerCase()}/${name}`;
  try {
    const { json } = await client.resources('Get', { kind, name });
    if ((readJson(json) as Resource).metadata.deletionTimestamp === undefined) return { resource, outcome: 'deleted' };
    return { resource, outcome: 'is being deleted', message: 'it goes when nothing of it is in use any more' };
  } catch (error) {
    if (error instanceof CliError && error.exit !== exitCodes.unreachable) return { resource, outcome: 'deleted' };
    throw error;
  }
}
