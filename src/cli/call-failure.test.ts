import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { adviceTrailer, errorTrailer, pushbackTrailer } from '../api/status.ts';
import { cliError, toldToWait } from './call-failure.ts';

function failure(code: status, details = '', trailers: Record<string, string | Buffer> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

const at = 'ipam-1:9090';

describe('a call that failed', () => {
  it("is the daemon's own words, when it said something", () => {
    const error = cliError(
      failure(status.NOT_FOUND, 'no pool is named "x"', {
        [errorTrailer]: 'not-found',
        [adviceTrailer]: adviceTrailer.endsWith('-bin') ? Buffer.from('pools: a') : 'pools: a',
      }),
      at,
    );
    expect(error).toMatchObject({ message: 'no pool is named "x"', code: 'not-found', advice: 'pools: a', exit: 4 });
  });

  it.each<[string, string, string]>([
    ['there is no socket', 'connect ENOENT /run/ipam.sock', 'there is no such socket'],
    ['nobody listens', 'connect ECONNREFUSED 10.0.0.1:9090', 'nobody listens there'],
    ['the user may not', 'connect EACCES /run/ipam.sock', 'this user may not use the socket'],
    ['there is no such name', 'Name resolution failed for target dns:x', 'the name cannot be resolved'],
    ['there is no way', 'connect EHOSTUNREACH', 'the network has no way there'],
    ['it hung up', 'Connection dropped', 'it ended the connection'],
    ['nothing tells', 'something', 'it may not run'],
  ])('says why there is no daemon: %s', (_why, details, says) => {
    const error = cliError(failure(status.UNAVAILABLE, details), at);
    expect(error).toMatchObject({ code: 'unreachable', exit: 5 });
    expect(error.message).toBe(`ipam-daemon does not answer at ${at}: ${says}`);
  });

  it.each<[status, string, number]>([
    [status.DEADLINE_EXCEEDED, `ipam-daemon does not answer at ${at}: it takes too long`, 5],
    [status.UNAUTHENTICATED, `${at} wants to know who calls`, 1],
    [status.UNIMPLEMENTED, `${at} does not do that`, 1],
    [status.UNKNOWN, `${at} is no ipam-daemon`, 1],
  ])('has no status in it: %s', (code, message, exit) => {
    expect(cliError(failure(code, 'x'), at)).toMatchObject({ message, exit });
  });

  it('may be an answer without anything', () => expect(cliError(null, at).message).toBe(`${at} sent an empty answer`));

  it('says when to try again, where the daemon did', () => {
    expect(toldToWait(failure(status.RESOURCE_EXHAUSTED, '', { [pushbackTrailer]: '250' }))).toBe(250);
    expect(toldToWait(failure(status.RESOURCE_EXHAUSTED))).toBeUndefined();
  });
});
