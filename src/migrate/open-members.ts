import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { credentials } from '@grpc/grpc-js';
import { ServerStore } from '../api/store-client.ts';
import { systemClock } from '../platform/clock.ts';
import { IpamError } from '../resources/errors.ts';
import { RemoteStore } from '../store/remote/remote-store.ts';
import { Servers } from '../store/remote/servers.ts';
import { type ChannelSecurity, channelSecurity } from '../tls/channel.ts';
import { memberName } from '../tls/identity.ts';
import type { EtcdPlace } from './endpoint-uri.ts';
import { noHoldings, resourcesOf, type SourceContents } from './holdings.ts';
import type { Source, Target } from './places.ts';

/** The store of a cluster of daemons, through whichever of them answers. @throws IpamError invalid-argument */
function openStore({ endpoints, ...tls }: EtcdPlace): RemoteStore {
  const security = securityOf(tls);
  return new RemoteStore({
    servers: new Servers(endpoints.map((text) => (text.startsWith('/') ? `unix:${text}` : text))),
    open: (address) => new ServerStore(address, security(address)),
    newUid: randomUUID,
    now: () => performance.now(),
    pause: systemClock.pause.bind(systemClock),
  });
}

function securityOf({ caFile, certFile, keyFile }: Omit<EtcdPlace, 'endpoints'>): (address: string) => ChannelSecurity {
  if (caFile === undefined || certFile === undefined || keyFile === undefined) {
    return () => ({ credentials: credentials.createInsecure(), options: {} });
  }
  const material = { ca: textOf(caFile), cert: textOf(certFile), key: textOf(keyFile) };
  return (address) => channelSecurity(material, address, { roles: ['member'], name: memberName });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-argument', `members: cannot read ${file}: ${(error as Error).message}`);
  }
}

/** @param settleMs how long daemons may use what they took before they heard */
export function membersSource(place: EtcdPlace, settleMs: number): Source {
  const store = openStore(place);
  const read = async (): Promise<SourceContents> => ({
    ...noHoldings,
    resources: await resourcesOf(store),
  });
  return { store, settleMs, read, inUse: async () => [], close: () => store.close() };
}

export function membersTarget(place: EtcdPlace): Target {
  const store = openStore(place);
  return {
    store,
    journal: undefined,
    keepsUids: true,
    deletesOrphans: false,
    warnings: async () => [],
    close: () => store.close(),
  };
}
