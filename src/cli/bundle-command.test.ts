import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from './bundle-command.ts';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import type { Run } from './run.ts';

describe('a bundle', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-bundle-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Of a daemon that says this. Over TCP health and metrics are never told. */
  async function made(answers: Readonly<Record<string, object>>) {
    const call = async (method: string) => answers[method] ?? {};
    const resources = async () => ({ json: [] });
    const client = { address: 'ipam-1:9090', call, resources, cluster: call } as unknown as Client;
    const exits: number[] = [];
    const warnings: string[] = [];
    const run = {
      setExit: (code: number) => void exits.push(code),
      warn: (text: string) => void warnings.push(text),
    } as unknown as Run;
    const archive = join(directory, 'case.tar.gz');
    const output = { format: 'table', colour: false, print: () => {} } as const;
    await bundle({ client, output }, run, archive, '1.0.0');
    return { exits, warnings, text: gunzipSync(readFileSync(archive)).toString() };
  }

  const page = { allocations: [], continue_token: '', total: 0, unanswered: [] };
  const silent = [{ node_id: 'node2', reason: 'no answer' }];
  const overTcp = ['health.json', 'metrics.txt'].map(
    (file) => `without ${file}: it is told on the Unix socket, and at http.bindAddr`,
  );
  const missing = 'node "node2" did not answer, and what it alone knows is missing: no answer';

  it.each<[string, Record<string, object>, string[]]>([
    ['has all that can be had', {}, []],
    [
      'has only a part of the blocks',
      { GetNodeBlocks: { unanswered: silent } },
      [`blocks.json is partial: ${missing}`],
    ],
    [
      'has only a part of the allocations, and of what a check found',
      { ListAllocations: { ...page, unanswered: silent }, Check: { unanswered: silent } },
      [`allocations.json is partial: ${missing}`, `check.json is partial: ${missing}`],
    ],
  ])('that %s says so, also by its exit status', async (_, answers, partial) => {
    const { exits, warnings, text } = await made({ ListAllocations: page, ...answers });
    expect(exits).toEqual([6]);
    expect(warnings).toEqual([...partial, ...overTcp]);
    for (const one of partial) expect(text).toContain(JSON.stringify(one.replace(/^.* partial: /, '')));
  });

  it('of nothing but failures is none', async () => {
    const unreachable = new CliError('nobody listens there', { code: 'unreachable', exit: 5 });
    const call = async () => Promise.reject(unreachable);
    const client = { address: 'ipam-1:9090', call, resources: call, cluster: call } as unknown as Client;
    const output = { format: 'table', colour: false, print: () => {} } as const;
    const archive = join(directory, 'none.tar.gz');
    await expect(bundle({ client, output }, {} as Run, archive, '1.0.0')).rejects.toBe(unreachable);
  });
});
