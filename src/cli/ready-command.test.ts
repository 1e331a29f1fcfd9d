import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import type { Client } from './client.ts';
import { type PartStatus, statusOf, untilReady } from './ready-command.ts';

const version = { version: '1.0.0', node_id: 'node1' };
const quiet = { unanswered: [], total_nodes: 3, lists_members: false };
const three = { has_quorum: true, members: [{ report: {} }, { report: {} }, { report: {} }] };

function daemon(answers: Record<string, object>, isServing = true) {
  const call = async (method: string) => answers[method] ?? {};
  return { call, cluster: call, serves: async () => isServing } as unknown as Client;
}

describe('the status', () => {
  it.each<[string, Record<string, object>, boolean, readonly [string, boolean][]]>([
    [
      'of a daemon alone',
      { GetPoolStats: quiet },
      true,
      [
        ['daemon', true],
        ['other daemons', true],
      ],
    ],
    ['of one that does not give addresses', { GetPoolStats: quiet }, false, [['daemon', false]]],
    [
      'of one beside another that is silent',
      { GetPoolStats: { ...quiet, unanswered: [{ node_id: 'node2', reason: 'no answer' }] } },
      true,
      [
        ['daemon', true],
        ['other daemons', false],
      ],
    ],
    [
      'of members',
      { GetPoolStats: { ...quiet, lists_members: true }, ListMembers: three },
      true,
      [
        ['daemon', true],
        ['other daemons', true],
        ['members', true],
      ],
    ],
    [
      'of members of which one does not run',
      {
        GetPoolStats: { ...quiet, lists_members: true },
        ListMembers: { ...three, members: [{ report: {} }, { report: {} }, { report: null }] },
      },
      true,
      [
        ['daemon', true],
        ['other daemons', true],
        ['members', false],
      ],
    ],
  ])('%s has a line for each', async (_what, answers, isServing, expected) => {
    const parts = await statusOf(daemon({ GetVersion: version, ...answers }, isServing));
    expect(parts.map(({ part, ready }) => [part, ready])).toEqual(expected);
  });
});

describe('status --wait', () => {
  const ready: PartStatus = { part: 'daemon', ready: true, detail: 'node "node1", 1.0.0' };
  const starting: PartStatus = { part: 'daemon', ready: false, detail: 'it starts' };
  const unreachable = new CliError('nobody listens there', { code: 'unreachable', exit: 5 });

  /** What comes of it where it sees this, one a second. */
  async function waited(seen: readonly (PartStatus | CliError)[], ms: number) {
    let second = -1;
    const notes: string[] = [];
    let time = 0;
    const look = async () => {
      second += 1;
      const now = seen[Math.min(second, seen.length - 1)] ?? ready;
      if (now instanceof CliError) throw now;
      return [now];
    };
    const rest = async (pause: number) => {
      time += pause;
    };
    const found = await untilReady(look, ms, () => time, { rest, note: (text) => void notes.push(text) });
    return { found, notes, time };
  }

  it('waits for a daemon that starts, and says once what it waits for', async () => {
    expect(await waited([unreachable, unreachable, starting, ready], 60_000)).toEqual({
      found: { parts: [ready] },
      notes: ['waiting: nobody listens there', 'waiting: it starts'],
      time: 3_000,
    });
  });

  it('waits no longer than it is told to, and then says how it is', async () => {
    expect(await waited([starting], 2_500)).toEqual({
      found: { parts: [starting] },
      notes: ['waiting: it starts'],
      time: 2_500,
    });
  });

  it('looks once where it is not told to wait', async () => {
    expect(await waited([unreachable], 0)).toEqual({ found: { parts: [], error: unreachable }, notes: [], time: 0 });
  });
});
