import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { MembersConfig } from '../config/members-config.ts';
import { IpamError, isIpamError, passesByItself } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { formatHostPort, parseHostPort, peerUrl } from './addresses.ts';
import { connectionEnds, ownAddress } from './advertised-address.ts';
import type { PeerTls } from './etcd-arguments.ts';
import type { MemberFile } from './member-file.ts';
import type { MemberReport, OtherDaemons } from './member-report.ts';
import { requireOwnCertificate } from './own-certificate.ts';
import { detectExistingCluster, type ExistingCluster } from './peer-probe.ts';

const retryMs = 500;

export interface BeginningParts {
  readonly config: MembersConfig;
  readonly node: string;
  readonly others: OtherDaemons;
  readonly tls: PeerTls | undefined;
  /** A snapshot lies ready: the cluster begins with it, and joins none. */
  readonly restores: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * What an empty disk becomes: the first member of a new cluster, or one more of a cluster that there is.
 * @throws IpamError wrong-cluster, already-exists, invalid-config, quorum-at-risk
 */
export async function beginning(parts: BeginningParts): Promise<MemberFile> {
  const { config, log, tls, restores } = parts;
  if (!config.bootstrap) return joinAny(config.join, parts);
  const { host } = parseHostPort(config.bindAddr);
  const existing = await detectExistingCluster({ host, port: parseHostPort(config.bindAddr).port + 1 }, tls);
  if (existing !== undefined && restores) throw stillThere(existing);
  if (existing !== undefined) {
    log.warn(
      existing,
      'a cluster has this node as a member, and its disk is empty: it joins instead of beginning another',
    );
    return joinAny([existing.address], parts);
  }
  if (restores || config.join.length === 0) return first(parts);
  return (await isOurs(parts)) ? first(parts) : joinAny(config.join, parts);
}

/** @throws IpamError always: for an operator who begins anew while members of before run */
export function stillThere({ address, clusterId }: ExistingCluster): IpamError {
  return new IpamError(
    'wrong-cluster',
    `the member at ${address} of cluster ${clusterId} still runs and looks for this node`,
    {
      advice:
        'stop the daemons of the other members first and move their data away: two clusters would give the same addresses out',
    },
  );
}

async function first({ config, node, tls, log }: BeginningParts): Promise<MemberFile> {
  const own = await ownAddress({ bindAddr: config.bindAddr, advertiseAddr: config.advertiseAddr, node });
  requireOwnCertificate(tls, node, own.host);
  const url = peerUrl(own, tls !== undefined);
  log.info(
    { address: formatHostPort(own), guessed: own.guessed, clusterName: config.clusterName },
    'beginning a new cluster',
  );
  return {
    name: node,
    clusterName: config.clusterName,
    token: `${config.clusterName}-${randomBytes(16).toString('hex')}`,
    clusterId: '',
    peerUrl: url,
    initialCluster: `${node}=${url}`,
    initialState: 'new',
    guessedAddress: own.guessed,
    generation: 0,
    addresses: [],
  };
}

/**
 * Daemons that all have the same list and --bootstrap: when all of them answer and none has a cluster yet, the one whose
 * name is first begins it, and the others join. One that has a cluster is joined.
 */
async function isOurs({ config, node, others, log, signal }: BeginningParts): Promise<boolean> {
  for (let round = 0; ; round++) {
    const reports = await Promise.all(config.join.map((address) => identify(others, address)));
    if (reports.some((report) => report?.clusterId)) return false;
    const names = reports.flatMap((report) => (report === undefined ? [] : [report.name]));
    if (names.length === config.join.length) return [node, ...names].sort()[0] === node;
    const missing = config.join.filter((_, index) => reports[index] === undefined);
    if (round % 20 === 0) log.info({ missing }, 'waiting for the peers, to begin the cluster together');
    await pause(retryMs, undefined, { signal });
  }
}

async function identify(others: OtherDaemons, address: string): Promise<MemberReport | undefined> {
  try {
    return await others.identify(address);
  } catch (error) {
    if (!isIpamError(error)) throw error;
    return undefined;
  }
}

/** Asks one member after the other until one admits this node. */
export async function joinAny(members: readonly string[], parts: BeginningParts): Promise<MemberFile> {
  const { log, signal } = parts;
  let told = '';
  for (;;) {
    for (const member of members) {
      try {
        return await join(member, parts);
      } catch (error) {
        // Another member joins just now, an election, a member that is not up yet.
        if (!passesByItself(error)) throw error;
        if (error.message !== told) log.info({ member, reason: error.message }, 'not admitted yet; asking again');
        told = error.message;
      }
    }
    await pause(retryMs, undefined, { signal });
  }
}

async function join(member: string, { config, node, others, tls, log }: BeginningParts): Promise<MemberFile> {
  const ends = await connectionEnds(member);
  if (ends === undefined) throw new IpamError('not-ready', `nobody answers at ${member}`);
  const own = await ownAddress({
    bindAddr: config.bindAddr,
    advertiseAddr: config.advertiseAddr,
    seenFrom: ends.own,
    node,
  });
  requireOwnCertificate(tls, node, own.host);
  const answer = await others.join(member, {
    name: node,
    address: formatHostPort(own),
    clusterName: config.clusterName,
    reachedAt: ends.theirs,
    tls: tls !== undefined,
  });
  log.info({ member, cluster: answer.clusterId, address: formatHostPort(own) }, 'admitted to the cluster');
  return {
    name: node,
    clusterName: answer.clusterName,
    token: answer.clusterName,
    clusterId: answer.clusterId,
    peerUrl: peerUrl(own, tls !== undefined),
    initialCluster: answer.initialCluster,
    initialState: 'existing',
    guessedAddress: false,
    generation: answer.generation,
    addresses: [...answer.addresses],
  };
}
