import { describe, expect, it } from 'vitest';
import type { TlsFiles } from '../tls/tls-files.ts';
import { requirePagePlace } from './page-place.ts';

const certificates = {} as TlsFiles;

describe('where the page may be', () => {
  it.each([
    ['anywhere with certificates', '0.0.0.0:2114', certificates],
    ['on loopback without', '127.0.0.1:2114', undefined],
    ['on that of IPv6', '[::1]:2114', undefined],
    ['nowhere', '', undefined],
  ])('%s', (_what, pageAddr, tls) => {
    expect(() => requirePagePlace({ pageAddr }, { tls })).not.toThrow();
  });

  it.each(['0.0.0.0:2114', ':2114', '192.0.2.1:2114', '[::]:2114'])('not at %s without certificates', (pageAddr) => {
    const message = `page.bindAddr: ${pageAddr} is no loopback address, and there are no certificates`;
    expect(() => requirePagePlace({ pageAddr }, { tls: undefined })).toThrow(message);
  });
});
