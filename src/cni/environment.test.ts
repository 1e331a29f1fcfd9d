import { describe, expect, it } from 'vitest';
import { attachmentOf, interfaceProblem, verbOf } from './environment.ts';

const sound = { CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0', CNI_NETNS: '/run/netns/x' };
const environment = (more: Record<string, string>) => new Map(Object.entries({ ...sound, ...more }));

describe('the variables of a CNI call', () => {
  it('tell an attachment', () => {
    expect(attachmentOf('ADD', environment({ CNI_ARGS: 'IP=10.0.0.5' }))).toEqual({
      containerId: 'c1',
      ifname: 'eth0',
      netns: '/run/netns/x',
      args: 'IP=10.0.0.5',
    });
  });

  it('may leave out the network namespace at DEL, whose container may be gone', () => {
    expect(attachmentOf('DEL', environment({ CNI_NETNS: '' })).netns).toBe('');
  });

  it.each([
    ['no container', { CNI_CONTAINERID: '' }, 'CNI_CONTAINERID is not set'],
    ['a container with a slash', { CNI_CONTAINERID: 'a/b' }, 'CNI_CONTAINERID "a/b" is not letters, digits'],
    ['a container that begins with a dot', { CNI_CONTAINERID: '.a' }, 'CNI_CONTAINERID ".a" is not letters'],
    ['a container beyond the limit', { CNI_CONTAINERID: 'a'.repeat(257) }, 'has 257 characters, more than 256'],
    ['no interface', { CNI_IFNAME: '' }, 'CNI_IFNAME is not set'],
    ['no network namespace at ADD', { CNI_NETNS: '' }, 'CNI_NETNS is not set'],
    ['a line break in a path', { CNI_NETNS: '/a\nb' }, 'CNI_NETNS "/a\\nb" has a control character'],
    ['a line break in the arguments', { CNI_ARGS: 'IP=\n' }, 'CNI_ARGS "IP=\\n" has a control character'],
    ['all that is wrong at once', { CNI_CONTAINERID: '', CNI_IFNAME: '' }, 'CNI_CONTAINERID is not set; CNI_IFNAME is'],
  ])('are refused for %s', (_what, more, says) => {
    expect(() => attachmentOf('ADD', environment(more))).toThrow(says);
  });

  it.each([
    ['eth0', ''],
    ['fifteen-letters', ''],
    ['sixteen-letters!', 'is longer than 15 bytes'],
    ['ééééééééé', 'is longer than 15 bytes'],
    ['..', 'is not an interface name'],
    ['a b', 'is not an interface name'],
    ['a:1', 'is not an interface name'],
  ])('name an interface as the kernel takes it: %s', (name, problem) => {
    expect(interfaceProblem(name)).toContain(problem);
    expect(interfaceProblem(name) === '').toBe(problem === '');
  });
});

describe('CNI_COMMAND', () => {
  it.each(['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'])('may be %s', (verb) => {
    expect(verbOf(new Map([['CNI_COMMAND', verb]]))).toBe(verb);
  });

  it.each([
    ['is not set', ''],
    ['is "add"', 'add'],
    ['is "toString"', 'toString'],
  ])('is refused when it %s', (says, verb) => {
    expect(() => verbOf(new Map([['CNI_COMMAND', verb]]))).toThrow(`CNI_COMMAND ${says}; expected ADD, DEL, CHECK`);
  });
});
