import { describe, expect, it } from 'vitest';
import type { ListedMember } from './etcd-admin.ts';
import { checkAddition, checkRemoval, majority } from './quorum.ts';

const member = (name: string, isLearner = false): ListedMember => ({
  id: `id-${name}`,
  name,
  peerUrl: `http://${name}:7001`,
  isLearner,
});
const attendance = (all: string, running: string, learners = '') => ({
  members: [...[...all].map((name) => member(name)), ...[...learners].map((name) => member(name, true))],
  running: new Set([...running].map((name) => `id-${name}`)),
});

describe('a majority', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('of %i is %i', (voters, needed) => expect(majority(voters)).toBe(needed));
});

describe('removing a member', () => {
  it.each([
    ['one that is unreachable, of three', 'abc', 'ab', 'c'],
    ['one that runs, of three', 'abc', 'abc', 'c'],
    ['one that is unreachable, of five with two away', 'abcde', 'abc', 'e'],
    ['one of two that run', 'ab', 'ab', 'b'],
  ])('is allowed for %s', (_what, all, running, gone) => {
    expect(() => checkRemoval(attendance(all, running), member(gone))).not.toThrow();
  });

  it.each([
    [
      'one that runs, when another is unreachable',
      'abc',
      'ab',
      'b',
      /without b 2 voters stay, 2 of which must run; 1 do/,
    ],
    ['the one that runs, of two', 'ab', 'a', 'a', /1 voters stay, 1 of which must run; 0 do/],
    ['the last', 'a', 'a', 'a', /a is the last member that votes/],
  ])('is refused for %s', (_what, all, running, gone, says) => {
    expect(() => checkRemoval(attendance(all, running), member(gone))).toThrow(says);
  });

  it('takes no thought of a learner, who has no vote', () => {
    expect(() => checkRemoval(attendance('ab', 'ab', 'c'), member('c', true))).not.toThrow();
  });
});

describe('adding a member', () => {
  it('is allowed while a majority runs', () => {
    expect(() => checkAddition(attendance('abc', 'ab'))).not.toThrow();
  });

  it.each([
    ['without a majority', attendance('abc', 'a'), /no majority: 1 of 3 voters run/],
    ['while another catches up', attendance('a', 'a', 'b'), /b is still catching up/],
  ])('waits %s', (_what, present, says) => {
    expect(() => checkAddition(present)).toThrow(expect.objectContaining({ code: 'not-ready' }));
    expect(() => checkAddition(present)).toThrow(says);
  });
});
