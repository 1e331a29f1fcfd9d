import { describe, expect, it } from 'vitest';
import { isLoopback, isLoopbackHost, isOwnForm } from './page-origin.ts';

describe('a form', () => {
  const own = { origin: 'https://ipam-1:2114', host: 'ipam-1:2114', site: 'same-origin' };
  it.each([
    ['of the page itself', own, true],
    ['of a browser that says nothing of sites', { ...own, site: undefined }, true],
    ['of another site', { ...own, origin: 'https://evil.example' }, false],
    ['of another port', { ...own, origin: 'https://ipam-1:9000' }, false],
    ['of the same name without TLS', { ...own, origin: 'http://ipam-1:2114' }, false],
    ['of a page whose origin is hidden', { ...own, origin: 'null' }, false],
    ['of whoever does not say where from', { ...own, origin: undefined }, false],
    ['of a sister site', { ...own, site: 'same-site' }, false],
    ['without a host', { ...own, host: undefined }, false],
  ])('%s is taken: %s', (_what, headers, isTaken) => {
    expect(isOwnForm(headers, 'https')).toBe(isTaken);
  });
});

describe('without certificates', () => {
  it.each([
    ['127.0.0.1:2114', true],
    ['127.3.2.1:2114', true],
    ['localhost:2114', true],
    ['[::1]:2114', true],
    ['0.0.0.0:2114', false],
    [':2114', false],
    ['[::]:2114', false],
    ['192.0.2.1:2114', false],
    ['127.example.org:2114', false],
  ])('the page may be at %s: %s', (address, isIt) => {
    expect(isLoopback(address)).toBe(isIt);
  });

  it.each([
    ['localhost:8080', true],
    ['127.0.0.1', true],
    ['evil.example:2114', false],
    ['localhost.evil.example:2114', false],
    [undefined, false],
  ])('it may be asked for as %s: %s', (host, isIt) => {
    expect(isLoopbackHost(host)).toBe(isIt);
  });
});
