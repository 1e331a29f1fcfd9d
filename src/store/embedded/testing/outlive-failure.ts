/**
 * Child process of a test: a store with a watcher, whose disk fails (test/kit/failing-disk.c). Says what it hears of the
 * failure; what ends this process would have ended a daemon.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { EmbeddedStore } from '../embedded-store.ts';

const [directory = '', fault = ''] = process.argv.slice(2);
// The write that fails wakes the watcher: its timer never comes.
const store = new EmbeddedStore({ directory, now: Date.now, newUid: randomUUID, pollMs: 3_600_000 });
const thing = (name: string) => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, spec: {} });
const said = (error: unknown): string => (error as { code?: string }).code ?? String(error);
// As a daemon's servers do: the timer that looks for other processes' writes does not.
const alive = setInterval(() => {}, 1_000);

const watching = (async () => {
  for await (const _ of store.watch('Thing', '0', new AbortController().signal));
})().then(() => 'ended', said);
await store.create(thing('a'));
writeFileSync(fault, 'commit 5');
const heard = [await store.create(thing('b')).then(() => 'created', said)];
heard.push(await watching);
heard.push(await store.list('Thing').then(() => 'listed', said));
process.stdout.write(`${heard.join(' ')}\n`);
clearInterval(alive);
process.exit(0);
