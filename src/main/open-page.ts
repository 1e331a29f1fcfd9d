import type { DaemonConfig } from '../config/daemon-config.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Ipam } from '../ipam/port.ts';
import type { ResourceAdministration } from '../ipam/resource-port.ts';
import type { Log } from '../telemetry/log.ts';
import type { Security } from './security.ts';
import type { ServedPage } from './serve-page.ts';

export interface PageParts {
  readonly config: DaemonConfig;
  readonly daemon: Pick<Daemon, 'administration' | 'topology'>;
  readonly ipam: Pick<Ipam, 'opened'>;
  readonly resources: ResourceAdministration;
  readonly security: Security;
  readonly log: Log;
}

/**
 * Serves pages for people where that is asked for. Nothing of them is in the memory of other daemons.
 * @returns undefined: it is not asked for
 * @throws IpamError invalid-config, in-use
 */
export async function openPage({ daemon, ipam, ...parts }: PageParts): Promise<ServedPage | undefined> {
  if (parts.config.pageAddr === '') return undefined;
  const { servePage } = await import('./serve-page.ts');
  const { administration, topology } = daemon;
  return servePage({ ...parts, administration, topology, opened: () => ipam.opened() });
}
