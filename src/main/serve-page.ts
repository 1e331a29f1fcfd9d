import { Listener } from '../api/listener.ts';
import { PageServer, type PageServerParts } from '../api/page-server.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import { requirePagePlace } from './page-place.ts';
import type { Security } from './security.ts';

export interface ServePageParts extends Omit<PageServerParts, 'guard' | 'isSecure' | 'now'> {
  readonly config: DaemonConfig;
  readonly security: Security;
}

export interface ServedPage {
  readonly listener: Listener;
  /** Ends the server behind the listener. */
  stop(): Promise<void>;
}

/** @throws IpamError invalid-config, in-use */
export async function servePage({ config, security, ...parts }: ServePageParts): Promise<ServedPage> {
  requirePagePlace(config, security);
  const { guard, limits, tls } = security;
  const isSecure = tls !== undefined;
  const server = new PageServer({ ...parts, guard, isSecure, now: Date.now });
  await server.ready();
  const isTrusted = !isSecure && config.tls.insecure;
  const listener = new Listener({ gate: security.pageGate(), http: () => server, limits, isTrusted });
  await listener.listenTcp(config.pageAddr);
  return { listener, stop: () => server.stop() };
}
