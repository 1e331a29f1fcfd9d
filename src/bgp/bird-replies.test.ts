import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BirdReplies, configuredBy, requireWelcome } from './bird-replies.ts';

/** As BIRD 2.0.12 says it. */
const greeting = '0001 BIRD 2.0.12 ready.\n';
const reconfigured = '0002-Reading configuration from /etc/bird/bird.conf\n0003 Reconfigured\n';
const refused =
  '0002-Reading configuration from /etc/bird/bird.conf\n8002 /etc/bird/bird.conf:4:34 Hold time must be in range 3-65535 or zero\n';
const status =
  '1000-BIRD 2.0.12\n1011-Router ID is 1.2.3.4\n Hostname is vm\n+spontaneous\n0013 Daemon is up and running\n';

function repliesTo(...pieces: readonly string[]) {
  const replies = new BirdReplies();
  return pieces.flatMap((piece) => replies.take(piece));
}

describe("what comes from BIRD's control socket", () => {
  it('is one reply for each command, with all of its lines and the code of the last', () => {
    expect(repliesTo(greeting, reconfigured, status)).toEqual([
      { code: 1, lines: ['BIRD 2.0.12 ready.'] },
      { code: 3, lines: ['Reading configuration from /etc/bird/bird.conf', 'Reconfigured'] },
      { code: 13, lines: ['BIRD 2.0.12', 'Router ID is 1.2.3.4', 'Hostname is vm', 'Daemon is up and running'] },
    ]);
  });

  it('is the same in whatever pieces it comes', () => {
    const all = greeting + reconfigured + status + refused;
    fc.assert(
      fc.property(fc.array(fc.nat(all.length), { maxLength: 30 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), all.length];
        const pieces = at.slice(1).map((end, index) => all.slice(at[index], end));
        expect(repliesTo(...pieces)).toEqual(repliesTo(all));
      }),
    );
  });

  it('is refused where another program listens, or one that says no end', () => {
    expect(() => repliesTo('HTTP/1.1 400 Bad Request\r\n')).toThrow('"HTTP/1.1 400 Bad Request\r" is no reply of BIRD');
    expect(() => repliesTo(`0002-${'x'.repeat(70_000)}`)).toThrow('it says more than 65536 characters');
    const [reply = { code: 1, lines: [] }] = repliesTo('0016 Access restricted\n');
    expect(() => requireWelcome(reply)).toThrow('it begins with 0016 Access restricted, and BIRD with 0001');
  });

  it.each([
    ['0003 Reconfigured', { outcome: 'taken' }],
    ['0004 Reconfiguration in progress', { outcome: 'taken' }],
    ['0005 Reconfiguration already in progress, queueing new config', { outcome: 'taken' }],
    ['0006 Reconfiguration ignored, shutting down', { outcome: 'failed', reason: /^BIRD answers 0006 Reconf/ }],
    ['8007 Access denied', { outcome: 'failed', reason: 'BIRD answers 8007 Access denied' }],
    [
      '8002 /etc/bird/bird.conf:4:34 syntax error',
      { outcome: 'refused', reason: '/etc/bird/bird.conf:4:34 syntax error' },
    ],
  ])('says of `configure` by %s what came of it', (line, wanted) => {
    const [reply] = repliesTo(`0002-Reading configuration from /etc/bird/bird.conf\n${line}\n`);
    const reason = 'reason' in wanted ? { reason: expect.stringMatching(wanted.reason) as string } : {};
    expect(reply && configuredBy(reply)).toEqual({ outcome: wanted.outcome, ...reason });
  });
});
