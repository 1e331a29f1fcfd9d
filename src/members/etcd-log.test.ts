import { describe, expect, it } from 'vitest';
import { parseEtcdLine, saysRemoved } from './etcd-log.ts';

const line = (level: string, msg: string, more: object = {}) =>
  JSON.stringify({ level, ts: '2026-01-01T00:00:00Z', caller: 'x.go:1', msg, ...more });

describe("a line of etcd's log", () => {
  it('keeps its fields, and is information only for whoever looks closely', () => {
    expect(parseEtcdLine(line('info', 'added member', { 'member-id': 'a' }))).toEqual({
      level: 'debug',
      message: 'added member',
      fields: { 'member-id': 'a' },
    });
  });

  it.each([
    ['warn', 'slow fdatasync', 'warn'],
    ['fatal', 'failed to start', 'error'],
    ['warn', 'prober detected unhealthy status', 'debug'],
    ['warn', 'simple token is not cryptographically signed', 'debug'],
    ['constructor', 'of a level that every object has', 'warn'],
  ])('of level %s, "%s", is for %s', (level, message, wanted) => {
    expect(parseEtcdLine(line(level, message)).level).toBe(wanted);
  });

  it.each(['panic: runtime error', '"text"', 'null'])('that is no object is an error as it stands: %s', (text) => {
    expect(parseEtcdLine(text)).toEqual({ level: 'error', message: text, fields: {} });
  });

  it('tells that the cluster has removed the member', () => {
    const error = 'the member has been permanently removed from the cluster';
    expect(saysRemoved(parseEtcdLine(line('warn', 'server error', { error })))).toBe(true);
    expect(saysRemoved(parseEtcdLine(line('info', 'removed member', { 'removed-remote-peer-id': 'b' })))).toBe(false);
  });
});
