import { describe, expect, it } from 'vitest';
import { membersConfig } from './members-config.ts';

describe('the raft section', () => {
  it.each([
    ['nothing', {}, undefined],
    ['an address to bind', { bindAddr: '0.0.0.0:7000' }, undefined],
    ['an engine without members', {}, 'embedded'],
  ])('of %s makes no member', (_what, raft, engine) => expect(membersConfig(raft, engine)).toBeUndefined());

  it("takes document 000's tuning as etcd's", () => {
    const raft = { bootstrap: true, heartbeatTimeout: 1_000, electionTimeout: 1_000, snapshotInterval: 10_000 };
    expect(membersConfig(raft, undefined)?.timing).toEqual({
      heartbeatIntervalMs: 100,
      electionTimeoutMs: 1_000,
      snapshotCount: 10_000,
    });
  });

  it('asks members and peers alike', () => {
    const config = membersConfig({ joinAddr: ['a:7000'], peers: ['b:7000'] }, 'etcd');
    expect(config?.join).toEqual(['a:7000', 'b:7000']);
  });

  it.each([
    [
      'bootstrap of an engine without members',
      { bootstrap: true },
      'embedded',
      /store\.engine: embedded has no members to bootstrap/,
    ],
    ['a join of one', { joinAddr: ['a:7000'] }, 'kubernetes', /store\.engine: kubernetes has no members to join/],
    [
      'an election before the leader is missed',
      { bootstrap: true, heartbeatTimeout: 500, electionTimeout: 400 },
      undefined,
      /electionTimeout: 400ms is shorter than raft\.heartbeatTimeout, 500ms/,
    ],
    [
      'a heartbeat that is too fast',
      { bootstrap: true, heartbeatTimeout: 50 },
      undefined,
      /heartbeatTimeout: 50ms is not 100ms\.\.50s/,
    ],
    [
      'an election that takes minutes',
      { bootstrap: true, electionTimeout: 60_000 },
      undefined,
      /electionTimeout: 60000ms/,
    ],
  ])('refuses %s', (_what, raft, engine, says) => expect(() => membersConfig(raft, engine)).toThrow(says));
});
