import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { ConnectionLimits, type ConnectionLimitsParts } from './connection-limits.ts';
import { Intake } from './intake.ts';
import { Refusals } from './refusals.ts';
import { TokenBuckets } from './token-bucket.ts';

/** As much of a socket as limits look at. */
class Peer extends EventEmitter {
  static ports = 0;
  readonly remoteAddress: string;
  readonly remotePort = ++Peer.ports;
  destroyed = false;
  bytesRead = 0;

  constructor(address: string) {
    super();
    this.remoteAddress = address;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

function limitsOf(parts: Partial<ConnectionLimitsParts>) {
  const refused: string[] = [];
  const refusals = new Refusals({ audit: undefined, onRefused: (reason) => refused.push(reason), clock: () => 0 });
  const limits = new ConnectionLimits({
    ...{ ofOne: 1_000, ofStrangers: 1_000, ofKnown: 1_000, strangers: undefined, refusals },
    ...parts,
  });
  const connect = (address: string): Peer => {
    const peer = new Peer(address);
    limits.admit(peer as unknown as Socket);
    return peer;
  };
  const identify = (peer: Peer, caller?: Caller): boolean => limits.identified(peer as unknown as Socket, caller);
  return { connect, identify, refused, sweep: () => limits.sweep() };
}

describe('limits of connections', () => {
  it('hold for one source, and an IPv6 /64 is one', () => {
    const { connect } = limitsOf({ ofOne: 2 });
    const peers = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1', '::ffff:192.0.2.1'].map(connect);
    expect(peers.map(({ destroyed }) => destroyed)).toEqual([false, false, true, false, false]);
    peers[0]?.destroy();
    expect(connect('2001:db8::4').destroyed).toBe(false);
  });

  it('hold for all strangers: the oldest of the source with most gives way, and a newcomer gets in', () => {
    const { connect } = limitsOf({ ofStrangers: 5 });
    const few = [connect('192.0.2.1'), connect('192.0.2.2')];
    const many = [connect('192.0.2.9'), connect('192.0.2.9'), connect('192.0.2.9')];
    const kubelet = connect('192.0.2.3');
    expect(kubelet.destroyed).toBe(false);
    expect(few.some(({ destroyed }) => destroyed)).toBe(false);
    expect(many.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    for (let index = 0; index < 1_000; index += 1) connect(`198.51.100.${index % 250}`);
    expect(connect('192.0.2.4').destroyed).toBe(false);
  });

  it('do not count who has shown a certificate among strangers', () => {
    const { connect, identify } = limitsOf({ ofStrangers: 2, ofKnown: 3 });
    const known = [connect('192.0.2.1'), connect('192.0.2.1'), connect('192.0.2.1')];
    // The third made the first give way: it had not said who it is in time.
    expect(known.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    expect(known.slice(1).map((peer) => identify(peer))).toEqual([true, true]);
    const strangers = [connect('192.0.2.8'), connect('192.0.2.9')];
    expect(strangers.some(({ destroyed }) => destroyed)).toBe(false);
    expect(identify(strangers[0] as Peer)).toBe(true);
    expect(identify(strangers[1] as Peer)).toBe(false);
    known[1]?.destroy();
    expect(identify(connect('192.0.2.9'))).toBe(true);
  });

  it('have a source wait that connects too often, and no other', () => {
    const { connect, refused } = limitsOf({ strangers: new TokenBuckets({ perSecond: 1, burst: 3 }, () => 0) });
    const peers = Array.from({ length: 1_000 }, () => connect('192.0.2.1'));
    expect(peers.filter(({ destroyed }) => !destroyed)).toHaveLength(3);
    expect(refused).toHaveLength(997);
    expect(connect('192.0.2.2').destroyed).toBe(false);
  });

  it('charge nobody who shows a certificate, however many come from one address', () => {
    const { connect, identify } = limitsOf({ strangers: new TokenBuckets({ perSecond: 1, burst: 3 }, () => 0) });
    const agents = Array.from({ length: 200 }, () => {
      const peer = connect('192.0.2.1');
      if (!peer.destroyed) identify(peer);
      return peer;
    });
    expect(agents.some(({ destroyed }) => destroyed)).toBe(false);
    const strangers = Array.from({ length: 4 }, () => connect('192.0.2.1'));
    expect(strangers.map(({ destroyed }) => destroyed)).toEqual([false, false, false, true]);
  });

  describe('of what is sent', () => {
    const megabyte = 1024 * 1024;
    const node: Caller = { name: 'n1', role: 'node', via: 'tls', address: '192.0.2.1' };
    const sends = (peer: Peer, megabytes: number): void => {
      peer.bytesRead += megabytes * megabyte;
    };

    it('end the connections of a node that sends without end, and let it come again after a while', () => {
      let now = 0;
      const { connect, identify, refused, sweep } = limitsOf({ intake: new Intake(() => now) });
      const peers = Array.from({ length: 4 }, () => connect('192.0.2.1'));
      for (const peer of peers) identify(peer, node);
      const other = connect('192.0.2.1');
      identify(other, { ...node, name: 'n2' });
      for (const peer of [...peers, other]) sends(peer, 3.9);
      sweep();
      expect([...peers, other].some(({ destroyed }) => destroyed)).toBe(false);
      for (const peer of [...peers, other]) sends(peer, 3.9);
      sweep();
      sweep();
      expect([...peers, other].map(({ destroyed }) => destroyed)).toEqual([true, true, true, true, false]);
      expect(refused).toEqual(Array.from({ length: 4 }, () => 'too-much'));
      expect(identify(connect('192.0.2.1'), node)).toBe(false);
      now += 60_000;
      expect(identify(connect('192.0.2.1'), node)).toBe(true);
    });

    it('count what a connection sent that ended before anybody looked', () => {
      const { connect, identify } = limitsOf({ intake: new Intake(() => 0) });
      for (let round = 0; round < 5; round += 1) {
        const peer = connect('192.0.2.1');
        identify(peer, node);
        sends(peer, 3.9);
        peer.destroy();
      }
      expect(identify(connect('192.0.2.1'), node)).toBe(false);
    });

    it('have the source of who comes again while he owes wait, and no other', () => {
      const strangers = new TokenBuckets({ perSecond: 20, burst: 120 }, () => 0);
      const { connect, identify, refused } = limitsOf({ intake: new Intake(() => 0), strangers });
      const peer = connect('192.0.2.1');
      identify(peer, node);
      sends(peer, 20);
      peer.destroy();
      expect(connect('192.0.2.1').destroyed).toBe(false);
      identify(connect('192.0.2.1'), node);
      expect(connect('192.0.2.1').destroyed).toBe(true);
      expect(connect('192.0.2.2').destroyed).toBe(false);
      expect(refused).toEqual(['too-much', 'too-often']);
    });

    it('hold for a source that shows no certificate, before its next connection is read', () => {
      const { connect, sweep } = limitsOf({ intake: new Intake(() => 0) });
      const peer = connect('192.0.2.1');
      sends(peer, 20);
      sweep();
      expect(peer.destroyed).toBe(true);
      expect(connect('192.0.2.1').destroyed).toBe(true);
      expect(connect('192.0.2.2').destroyed).toBe(false);
    });

    it.each(['member', 'admin', 'operator'] as const)('do not hold for a %s', (role) => {
      const { connect, identify, sweep } = limitsOf({ intake: new Intake(() => 0) });
      const peer = connect('192.0.2.1');
      identify(peer, { ...node, role });
      sends(peer, 500);
      sweep();
      expect(peer.destroyed).toBe(false);
    });
  });
});
