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
  async function made(answers: Readonly<Record<string, object>>, isRedacted = false) {
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
    await bundle({ client, output, step: () => {} }, run, archive, { version: '1.0.0', redact: isRedacted });
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

  it('has no names of Pods and nodes where it is to be redacted, in no file', async () => {
    const held = { pod_namespace: 'payments', pod_name: 'card-0', node_id: 'node-of-mine' };
    const answers = {
      GetVersion: { version: '1.0.0', node_id: 'node-of-mine' },
      ListAllocations: { ...page, allocations: [held] },
      Check: { unanswered: [], violations: [{ message: '10.0.0.5 of payments/card-0 is leaked' }] },
    };
    expect((await made(answers)).text).toMatch(/payments\/card-0 is leaked/);
    const { text } = await made(answers, true);
    expect(text).not.toMatch(/payments|card-0|node-of-mine/);
    expect(text).toMatch(/10\.0\.0\.5 of namespace-[0-9a-f]{8}\/pod-[0-9a-f]{8} is leaked/);
  });

  it('of nothing but failures is none', async () => {
    const unreachable = new CliError('nobody listens there', { code: 'unreachable', exit: 5 });
    const call = async () => Promise.reject(unreachable);
    const client = { address: 'ipam-1:9090', call, resources: call, cluster: call } as unknown as Client;
    const output = { format: 'table', colour: false, print: () => {} } as const;
    const archive = join(directory, 'none.tar.gz');
    await expect(bundle({ client, output, step: () => {} }, {} as Run, archive, { version: '1.0.0' })).rejects.toBe(
      unreachable,
    );
  });
});
