import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { http } from '../platform/node-http.ts';
import { IpamError } from '../resources/errors.ts';
import { memberName } from '../tls/identity.ts';
import { daemonAddress, formatHostPort, type HostPort } from './addresses.ts';
import type { PeerTls } from './etcd-arguments.ts';

/** Members look for one that is unreachable several times a second. */
const listenMs = 1_500;

export interface ExistingCluster {
  /** Hexadecimal. */
  readonly clusterId: string;
  /** Daemon of the member that called. */
  readonly address: string;
}

/**
 * Listens for a moment where the consensus traffic of this member would arrive. Members of a cluster never stop looking
 * for those that are unreachable: whoever calls belongs to a cluster that counts us as a member, and the empty disk here is a
 * lost one. A second cluster of the same name would give the same addresses out again.
 * @throws IpamError invalid-config when the port cannot be bound
 */
export async function detectExistingCluster(
  { host, port }: HostPort,
  tls: PeerTls | undefined,
): Promise<ExistingCluster | undefined> {
  let existing: ExistingCluster | undefined;
  const heard = new AbortController();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { 'x-etcd-cluster-id': clusterId, 'x-peerurls': urls } = request.headers;
    const isMember = tls === undefined || isMembers((request.socket as TLSSocket).getPeerX509Certificate());
    if (isMember && typeof clusterId === 'string' && typeof urls === 'string') {
      existing = { clusterId, address: formatHostPort(daemonAddress(urls.split(',')[0] ?? '')) };
      heard.abort();
    }
    response.writeHead(503).end();
  };
  const server =
    tls === undefined
      ? http.createServer(answer)
      : createTlsServer({ ...materialOf(tls), requestCert: true, rejectUnauthorized: true }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new IpamError('invalid-config', `cannot listen on ${formatHostPort({ host, port })}: ${error.message}`, {
          advice: 'consensus traffic goes to the port after the one of raft.bindAddr: both must be free',
          cause: error,
        }),
      ),
    );
    server.listen({ port, ...(host === '' ? {} : { host }) }, resolve);
  });
  await pause(listenMs, undefined, { signal: heard.signal }).catch(() => {});
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return existing;
}

function materialOf({ caFile, certFile, keyFile }: PeerTls) {
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** As etcd asks on this port afterwards: else whoever reaches it could send this daemon to a cluster of his own. */
function isMembers(certificate: X509Certificate | undefined): boolean {
  return certificate?.checkHost(memberName) !== undefined;
}
