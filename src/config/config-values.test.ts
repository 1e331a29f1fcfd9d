import { describe, expect, it } from 'vitest';
import {
  advertiseAddress,
  duration,
  durationText,
  hostPort,
  listenAddress,
  memberAddress,
  memberAddresses,
  nodeName,
  objectPlace,
  path,
} from './config-values.ts';

const problem = (
  schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } } },
  value: unknown,
) => schema.safeParse(value).error?.issues[0]?.message ?? '';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    [3, 3_000],
    ['0s', 0],
    ['576h', 576 * 3_600_000],
  ])('of %j is %i ms', (text, ms) => expect(duration.parse(text)).toBe(ms));

  it.each([
    ['has a unit', '5', 'not a duration; write for example 500ms, 1s, 2m or 1h'],
    ['has a unit that is known', '1d', 'not a duration'],
    ['is not below nothing', '-1s', 'not a duration'],
    ['is a text or a number', true, 'not a duration'],
    ['fits into a timer', '577h', 'longer than 576h, 24 days'],
  ])('%s', (_what, text, says) => expect(problem(duration, text)).toContain(says));

  it.each([
    [0, '0s'],
    [500, '500ms'],
    [1_500, '1500ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [7_200_000, '2h'],
  ])('of %i ms is written so that it is read back', (ms, text) => {
    expect(durationText(ms)).toBe(text);
    expect(duration.parse(text)).toBe(ms);
  });
});

describe('an address', () => {
  it.each([
    ['to listen at', hostPort, '0.0.0.0:9090', ''],
    ['to listen at, of IPv6', hostPort, '[::]:9090', ''],
    ['to listen at, that is none', listenAddress, 'nine', 'not host:port; write for example 0.0.0.0:9090'],
    ['to listen at, of every host', hostPort, ':9090', ''],
    ['without a port', hostPort, '0.0.0.0', 'not host:port'],
    ['of IPv6 without brackets', hostPort, '::1:9090', 'not host:port'],
    ['with a port that is none', hostPort, 'a:65536', 'port is over 65535'],
    ['that is none, where nothing is to be served', listenAddress, '', ''],
    ['of a member', memberAddress, 'ipam-1:7000', ''],
    ['of a member without a host', memberAddress, ':7000', 'names no host'],
    ['of a member whose next port is none', memberAddress, 'a:65535', 'port is not 1..65534'],
    ['for others, without a port', advertiseAddress, '10.0.0.1', ''],
    ['for others, of IPv6', advertiseAddress, '[fd00::1]:7000', ''],
    ['for others, that is none', advertiseAddress, 'a b', 'not host or host:port'],
    ['of a file, absolute', path, '/etc/x', ''],
    ['of a file, relative', path, 'etc/x', 'not an absolute path'],
    ['of a node, by name', nodeName, 'node-1.example', ''],
    ['of a node, with a slash', nodeName, 'a/b', 'letters, digits'],
  ])('%s', (_what, schema, value, says) => {
    expect(problem(schema, value)).toContain(says);
    expect(problem(schema, value) === '').toBe(says === '');
  });

  it('of several members says which one is wrong', () => {
    expect(memberAddresses.parse('a:1, b:2')).toEqual(['a:1', 'b:2']);
    expect(memberAddresses.parse('')).toEqual([]);
    expect(problem(memberAddresses, 'a:1,b')).toContain('b: not host:port');
  });
});

describe('where an object is', () => {
  it.each([
    ['ipam-controller', { name: 'ipam-controller' }],
    ['net/our-ipam', { namespace: 'net', name: 'our-ipam' }],
  ])('is told by %j', (text, place) => expect(objectPlace.parse(text)).toEqual(place));

  it.each([
    ['of more parts than two', 'a/b/c', 'write NAME or NAMESPACE/NAME'],
    ['without a name', 'net/', 'lower-case letters, digits, "-" and "." only'],
    ['of a namespace that is none', '/ipam', 'lower-case letters, digits, "-" and "." only'],
    ['that no object has', 'Ours', 'lower-case letters, digits, "-" and "." only'],
  ])('is nothing %s', (_what, text, says) => expect(problem(objectPlace, text)).toContain(says));
});
