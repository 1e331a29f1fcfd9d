import { describe, expect, it } from 'vitest';
import { parseCniArgs } from './args.ts';

const pod = 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u1';

describe('CNI_ARGS', () => {
  it.each([
    ['may be empty', '', { ips: [], pod: undefined }],
    ['names the Pod', pod, { ips: [], pod: { namespace: 'shop', name: 'web-0', uid: 'u1' } }],
    ['may leave the uid out', 'K8S_POD_NAME=web-0', { ips: [], pod: { namespace: '', name: 'web-0', uid: '' } }],
    ['names no Pod without its name', 'K8S_POD_NAMESPACE=shop', { ips: [], pod: undefined }],
    ['asks for addresses', 'IP=10.0.0.5,fd00::5', { ips: ['10.0.0.5', 'fd00::5'], pod: undefined }],
    ['may end with a semicolon', 'IP=10.0.0.5;', { ips: ['10.0.0.5'], pod: undefined }],
    ['may have "=" in a value', 'IP=a=b', { ips: ['a=b'], pod: undefined }],
    ['counts the last of a key that stands twice', 'IP=10.0.0.5;IP=10.0.0.6', { ips: ['10.0.0.6'], pod: undefined }],
    ['may have keys of others, when it says so', 'IgnoreUnknown=1;FOO=bar', { ips: [], pod: undefined }],
    ['may say so in words', 'FOO=bar;IgnoreUnknown=TRUE', { ips: [], pod: undefined }],
  ])('%s', (_what, text, expected) => expect(parseCniArgs(text)).toEqual(expected));

  it.each([
    ['a pair without "="', 'IP', 'CNI_ARGS: "IP" is not KEY=value'],
    ['a value without a key', '=x', 'CNI_ARGS: "=x" is not KEY=value'],
    ['keys of others', 'FOO=bar;BAR=x', 'CNI_ARGS: unknown FOO, BAR; known: IgnoreUnknown, IP, '],
    ['keys of others, when it says not to ignore them', 'IgnoreUnknown=0;FOO=bar', 'CNI_ARGS: unknown FOO; '],
  ])('is refused for %s', (_what, text, says) => expect(() => parseCniArgs(text)).toThrow(says));
});
