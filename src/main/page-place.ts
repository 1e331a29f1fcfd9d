import { isLoopback } from '../api/page-origin.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { IpamError } from '../resources/errors.ts';
import type { Security } from './security.ts';

/** @throws IpamError invalid-config: whoever reaches it would read it */
export function requirePagePlace({ pageAddr }: Pick<DaemonConfig, 'pageAddr'>, { tls }: Pick<Security, 'tls'>): void {
  if (pageAddr === '' || tls !== undefined || isLoopback(pageAddr)) return;
  throw new IpamError(
    'invalid-config',
    `page.bindAddr: ${pageAddr} is no loopback address, and there are no certificates`,
    {
      advice: 'write 127.0.0.1:2114 and use ssh -L, or have certificates made (ipam-cli certs init, then issue)',
      facts: { key: 'page.bindAddr', value: pageAddr },
    },
  );
}
