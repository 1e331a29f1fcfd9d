import { describe, expect, it } from 'vitest';
import { daemonConfig, readDaemonSettings } from './daemon-config.ts';

const members = (text: string) => daemonConfig(readDaemonSettings(text, 'daemon.yaml', {})(), 'node1').members;

describe('the raft section', () => {
  it.each([
    ['nothing', ''],
    ['an address to bind', 'raft: {bindAddr: "0.0.0.0:7000"}'],
    ['an engine without members', 'store: {engine: embedded}'],
    ['an agent, which asks members', 'raft: {agent: true, joinAddr: "a:7000"}'],
  ])('of %s makes no member', (_what, text) => expect(members(text)).toBeUndefined());

  it('says the rest by itself', () => {
    expect(members('raft: {bootstrap: true}')).toEqual({
      bindAddr: '0.0.0.0:7000',
      bootstrap: true,
      join: [],
      clusterName: 'berth',
      timing: { heartbeatIntervalMs: 50, electionTimeoutMs: 500, snapshotCount: 10_000 },
      quotaBytes: 2 * 1024 ** 3,
    });
  });

  it("takes tuning of consensus as etcd's", () => {
    const text = 'raft: {bootstrap: true, heartbeatTimeout: 1s, electionTimeout: 1s, snapshotInterval: 5000}';
    expect(members(text)?.timing).toEqual({
      heartbeatIntervalMs: 100,
      electionTimeoutMs: 1_000,
      snapshotCount: 5_000,
    });
  });

  it('asks members and peers alike', () => {
    const text = 'store: {engine: etcd}\nraft: {joinAddr: "a:7000", peers: ["b:7000"]}';
    expect(members(text)?.join).toEqual(['a:7000', 'b:7000']);
  });

  it.each([
    [
      'bootstrap of an engine without members',
      'store: {engine: embedded}\nraft: {bootstrap: true}',
      /store\.engine: embedded has no members to bootstrap/,
    ],
    [
      'a join of one',
      'store: {engine: kubernetes}\nraft: {joinAddr: "a:7000"}',
      /store\.engine: kubernetes has no members to join/,
    ],
    [
      'an election before the leader is missed',
      'raft: {bootstrap: true, heartbeatTimeout: 500ms, electionTimeout: 400ms}',
      /electionTimeout: 400ms is shorter than raft\.heartbeatTimeout, 500ms/,
    ],
    [
      'a heartbeat that is too fast',
      'raft: {bootstrap: true, heartbeatTimeout: 50ms}',
      /heartbeatTimeout: 50ms is not 100ms\.\.50s/,
    ],
    ['an election that takes minutes', 'raft: {bootstrap: true, electionTimeout: 1m}', /electionTimeout: 60000ms/],
  ])('refuses %s', (_what, text, says) => expect(() => members(text)).toThrow(says));
});
