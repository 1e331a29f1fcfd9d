import { kindOf } from '../resources/kinds.ts';
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
  readonly outcome: 'deleted' | 'not found' | 'refused';
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
    const outcome: Outcome = { resource: `${only.kind.toLowerCase()}/${only.name}`, outcome: 'deleted' };
    return isData(output) ? showData(output, [outcome]) : output.print(`${outcome.resource} deleted\n`);
  }
  const outcomes = await removeAll(session, keys);
  const missing = outcomes.some(({ outcome }) => outcome === 'not found') && options.ignoreNotFound !== true;
  if (outcomes.some(({ outcome }) => outcome === 'refused')) run.setExit(exitCodes.failed);
  else if (missing) run.setExit(exitCodes.notFound);
  if (isData(output)) return showData(output, outcomes);
  for (const { resource, outcome, message, advice } of outcomes) {
    output.print(
      `${resource} ${outcome}${outcome === 'refused' ? `: ${message}` : ''}\n${advice ? `  hint: ${advice}\n` : ''}`,
    );
  }
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

/** What is refused at first is tried once more after the others: a subnet stands before its pools, and goes after them. */
async function removeAll(session: Session, keys: readonly Key[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<Key, Outcome>();
  for (const key of keys) outcomes.set(key, await removeOne(session, key));
  for (const [key, { outcome }] of outcomes) {
    if (outcome === 'refused' && keys.length > 1) outcomes.set(key, await removeOne(session, key));
  }
  return [...outcomes.values()];
}

async function removeOne({ client }: Session, { kind, name }: Key): Promise<Outcome> {
  const resource = `${kind.toLowerCase()}/${name}`;
  try {
    await client.resources('Delete', { kind, name });
    return { resource, outcome: 'deleted' };
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === exitCodes.unreachable) throw error;
    if (error.exit === exitCodes.notFound) return { resource, outcome: 'not found' };
    return { resource, outcome: 'refused', message: error.message, advice: error.advice };
  }
}
