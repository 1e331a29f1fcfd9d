import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { RemoteStore } from '../../store/remote/remote-store.ts';
import { Servers } from '../../store/remote/servers.ts';
import { ServerStore } from '../store-client.ts';

const insecure = { credentials: credentials.createInsecure(), options: {} };

/** A store over those that `serveStore` has started at these addresses. */
export function remote(...addresses: readonly string[]): RemoteStore {
  return remoteBy((address) => new ServerStore(address, insecure), addresses);
}

/** The same, for who tests what comes and not when: a loaded machine may take seconds for a call. */
export function patientRemote(...addresses: readonly string[]): RemoteStore {
  return remoteBy((address) => new ServerStore(address, insecure, 30_000), addresses);
}

function remoteBy(open: (address: string) => ServerStore, addresses: readonly string[]): RemoteStore {
  return new RemoteStore({
    servers: new Servers(addresses),
    open,
    newUid: randomUUID,
    now: () => performance.now(),
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => {}),
  });
}

/** What such a server keeps. */
export function memory(): MemoryStore {
  return new MemoryStore({ now: Date.now, newUid: randomUUID });
}
