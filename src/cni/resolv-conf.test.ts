import { describe, expect, it } from 'vitest';
import { parseResolvConf } from './resolv-conf.ts';

describe('a resolv.conf', () => {
  it.each([
    ['may be empty', '', {}],
    ['names servers, one a line', 'nameserver 10.0.0.10 10.0.0.11\nnameserver fd00::10', ['10.0.0.10', 'fd00::10']],
  ])('%s', (_what, text, expected) => {
    expect(parseResolvConf(text)).toEqual(Array.isArray(expected) ? { nameservers: expected } : expected);
  });

  it.each([
    ['the last of several domains', 'domain a.example\ndomain b.example', { domain: 'b.example' }],
    ['all search lines', 'search a b\nsearch c', { search: ['a', 'b', 'c'] }],
    ['options', 'options ndots:5  edns0', { options: ['ndots:5', 'edns0'] }],
    ['nothing of comments', '# nameserver 1.2.3.4\n; search x\nsearch a # b', { search: ['a'] }],
    ['nothing of other lines', 'sortlist 10.0.0.0\nnameservers 10.0.0.1', {}],
    ['nothing of a keyword without a value', 'nameserver\nsearch', {}],
  ])('gives %s', (_what, text, expected) => expect(parseResolvConf(text)).toEqual(expected));
});
