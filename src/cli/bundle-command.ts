import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import type { UnansweredNode__Output } from '../api/generated/ipam/UnansweredNode.ts';
import { http } from '../platform/node-http.ts';
import { historySegmentKind } from '../resources/history.ts';
import { formatJson, readJson } from '../resources/json-text.ts';
import { allKinds } from '../resources/kinds.ts';
import { listAllocations } from './allocation-pages.ts';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { daemonAddress } from './daemon-address.ts';
import { exitCodes } from './exit-codes.ts';
import { isData, showData } from './output.ts';
import { missingText } from './partial.ts';
import { redact } from './redact.ts';
import { type Run, type Session, withClient } from './run.ts';
import { type TarFile, tarOf } from './tar.ts';

/** Of allocations, and of objects of a kind: enough to see a pattern, and a file that can be sent. */
const most = 10_000;
const httpMs = 5_000;

/** What is asked. */
interface Asked {
  readonly file: string;
  readonly ask: (client: Client) => Promise<Answer>;
}

interface Answer {
  readonly text: string;
  /** Daemons that did not tell what they alone know. */
  readonly unanswered: readonly UnansweredNode__Output[];
}

/** What a daemon says, for itself or for all. */
type Told = object & { readonly unanswered?: Answer['unanswered'] };

interface Problem {
  readonly file: string;
  readonly error: string;
}

/** `bundle`: what somebody needs to see who helps from afar. */
export function addBundleCommand(program: Command, run: Run, version: string): void {
  program
    .command('bundle <archive>')
    .option('--redact', 'with words in place of the names of Pods, namespaces, nodes and owners')
    .description('write what the daemon knows into a .tar.gz, for whoever helps from afar')
    .addHelpText(
      'after',
      `
Versions, counts, pools, blocks, allocations and objects (${most} of each at most), check, members, and, over the Unix socket, health
and metrics. It has the names of Pods, nodes and pools, and their addresses; no keys, no certificates, no configuration.
With --redact each such name, but for those of pools and networks, is the same word throughout, and another one in the next bundle.
What cannot be had, or has a part missing because a daemon did not answer, is named in errors.json, and the exit status is 6.`,
    )
    .action(
      withClient(run, (session, archive: string, options: BundleOptions) =>
        bundle(session, run, archive, { version, ...options }),
      ),
    );
}

interface BundleOptions {
  readonly redact?: boolean;
}

export async function bundle(
  { client, output, step }: Session,
  run: Run,
  archive: string,
  { version, redact: isRedacted = false }: BundleOptions & { readonly version: string },
): Promise<void> {
  const files: TarFile[] = [];
  const problems: Problem[] = [];
  const folder = archive
    .replace(/^.*\//, '')
    .replace(/\.(tar\.gz|tgz)$/, '')
    .replace(/[^\x21-\x7e]/g, '_')
    .slice(0, 50);
  for (const { file, ask } of questions(version)) {
    step(file);
    try {
      const { text, unanswered } = await ask(client);
      files.push({ name: `${folder}/${file}`, text });
      if (unanswered.length > 0) problems.push({ file, error: unanswered.map(missingText).join('; ') });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      // With nothing but failures there is nothing to send.
      if (error.exit === exitCodes.unreachable && files.length <= 1) throw error;
      problems.push({ file, error: error.message });
    }
  }
  if (problems.length > 0) {
    files.push({ name: `${folder}/errors.json`, text: formatJson(problems, 2) });
    run.setExit(exitCodes.partial);
  }
  const texts = files.map(({ text }) => text);
  const told = isRedacted ? redact(texts, randomBytes(16).toString('hex')) : texts;
  const written = files.map(({ name }, index) => ({ name, text: told[index] ?? '' }));
  write(archive, gzipSync(tarOf(written, Math.floor(Date.now() / 1000))));
  const names = files.map(({ name }) => name.slice(folder.length + 1));
  if (isData(output)) return showData(output, { archive, files: names, errors: problems });
  output.print(`${archive}: ${names.join(', ')}\n`);
  for (const { file, error } of problems) {
    run.warn(names.includes(file) ? `${file} is partial: ${error}` : `without ${file}: ${error}`);
  }
}

function questions(version: string): readonly Asked[] {
  const json = (file: string, ask: (client: Client) => Promise<Told | string>): Asked => ({
    file,
    ask: async (client) => {
      const told = await ask(client);
      const unanswered = typeof told === 'string' ? [] : (told.unanswered ?? []);
      return { text: formatJson(told, 2), unanswered };
    },
  });
  return [
    json('about.json', async ({ address, call }) => ({
      taken: new Date().toISOString(),
      client: { version, runtime: process.version, platform: `${process.platform} ${process.arch}` },
      daemon: { address, ...(await call('GetVersion', {})) },
    })),
    json('stats.json', ({ call }) => call('GetPoolStats', { with_nodes: true })),
    json('pools.json', ({ call }) => call('ListPools', {})),
    json('blocks.json', ({ call }) => call('GetNodeBlocks', {})),
    json('allocations.json', allocations),
    json('check.json', ({ call }) => call('Check', {})),
    json('members.json', async ({ call, cluster }) => {
      const { lists_members: isMember } = await call('GetPoolStats', { local: true });
      return isMember ? cluster('ListMembers', {}) : 'this daemon is no member of a cluster that daemons keep';
    }),
    // Of what was, what is asked for by itself is enough, and there may be a hundred megabytes of it.
    ...allKinds
      .filter(({ kind }) => kind !== historySegmentKind)
      .map(({ kind }) => json(`objects-${kind}.json`, ({ resources }) => objects(resources, kind))),
    { file: 'health.json', ask: (client) => overSocket(client, '/readyz') },
    { file: 'metrics.txt', ask: (client) => overSocket(client, '/metrics') },
  ];
}

function allocations(client: Client): Promise<Told & Readonly<Record<'total' | 'allocations', unknown>>> {
  return listAllocations(client, {}, most);
}

async function objects(resources: Client['resources'], kind: string): Promise<object> {
  const { json } = await resources('List', { kind });
  return { total: json.length, items: json.slice(0, most).map((one) => readJson(one)) };
}

/** @throws CliError: over TCP health and metrics are at another port, which nobody has named */
function overSocket({ address }: Client, path: string): Promise<Answer> {
  const { target, isTcp } = daemonAddress(address);
  if (isTcp) throw new CliError('it is told on the Unix socket, and at http.bindAddr', { code: 'unsupported' });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new CliError(`${path}: ${error.message}`));
    const asked = http.request({ socketPath: target.replace(/^unix:(\/\/)?/, ''), path, timeout: httpMs }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ text, unanswered: [] })).on('error', fail);
    });
    asked
      .on('timeout', () => asked.destroy(new Error('no answer')))
      .on('error', fail)
      .end();
  });
}

/** Names of Pods are not for everybody's eyes. */
function write(archive: string, bytes: Buffer): void {
  try {
    writeFileSync(`${archive}.part`, bytes, { mode: 0o600 });
    renameSync(`${archive}.part`, archive);
  } catch (error) {
    throw new CliError(`cannot write ${archive}: ${(error as Error).message}`, { code: 'invalid-argument' });
  }
}
