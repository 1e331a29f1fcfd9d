import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Caller } from '../api/caller.ts';
import { ConnectionLimits } from '../api/connection-limits.ts';
import { type Gate, PlainGate } from '../api/gate.ts';
import { Guard } from '../api/guard.ts';
import { Intake } from '../api/intake.ts';
import { peerCredentials } from '../api/peer-credentials.ts';
import { Refusals } from '../api/refusals.ts';
import { sourceOf } from '../api/source.ts';
import { TlsGate } from '../api/tls-gate.ts';
import { type Rate, TokenBuckets } from '../api/token-bucket.ts';
import { UnixGate } from '../api/unix-gate.ts';
import type { DaemonConfig } from '../config/daemon-config.ts';
import type { LimitsConfig, SocketGroupConfig } from '../config/security-config.ts';
import { IpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { anyPresent, TlsFiles, type TlsPaths } from '../tls/tls-files.ts';
import { connectionShares, descriptorLimit } from './descriptors.ts';

/** How often to see what those send who may not send all that they like. */
const sweepMs = 250;

/** Who may come in, and what becomes of those who may not: one for all listeners of a daemon. */
export interface Security {
  readonly guard: Guard;
  readonly onPipelined: (caller: Caller) => void;
  readonly limits: ConnectionLimits;
  readonly refusals: Refusals;
  /** Of the Unix socket's group; undefined: there is none. */
  readonly socketGid: number | undefined;
  /** The certificate files in use; undefined: TCP is plain. */
  readonly tls: TlsFiles | undefined;
  /** Has other limits hold from now on. */
  setLimits(limits: LimitsConfig): void;
  /** One for each TCP listener. */
  tcpGate(): Gate;
  /** The same for browsers, which would rather speak HTTP/2. */
  pageGate(): Gate;
  unixGate(): Gate;
}

export interface SecurityParts {
  readonly config: Pick<DaemonConfig, 'tls' | 'limits' | 'socketGroup'>;
  readonly audit: Log | undefined;
  readonly log: Log;
  readonly onRefused: (reason: string) => void;
}

/** @throws IpamError invalid-config: certificate files that cannot be used, a group that is not there */
export function openSecurity({ config, audit, log, onRefused }: SecurityParts): Security {
  const clock = () => performance.now();
  const refusals = new Refusals({ audit, onRefused, clock });
  const strangers = strangerBudget(config.limits.strangersPerSecond, clock);
  const tls = openTls(config.tls, log);
  const credentialsOf = peerCredentials();
  const group = socketGroup(config.socketGroup, credentialsOf !== undefined);
  const guard = new Guard({ audit, refusals, callRate: callRate(config.limits), strangers, clock });
  const limits = new ConnectionLimits({
    ofOne: config.limits.connections,
    ...connectionShares(descriptorLimit()),
    strangers,
    intake: new Intake(clock),
    refusals,
  });
  setInterval(() => limits.sweep(), sweepMs).unref();
  return {
    guard,
    limits,
    refusals,
    setLimits: (next) => {
      guard.setCallRate(callRate(next));
      limits.setOfOne(next.connections);
      strangers.setRate(strangerRate(next.strangersPerSecond));
    },
    onPipelined: punishPipelining(strangers),
    socketGid: group?.gid,
    tls,
    tcpGate: () => (tls === undefined ? new PlainGate(config.tls.insecure) : new TlsGate(tls, refusals)),
    pageGate: () => (tls === undefined ? new PlainGate(config.tls.insecure) : new TlsGate(tls, refusals, ['http/1.1'])),
    unixGate: () =>
      new UnixGate({
        uid: process.getuid?.() ?? 0,
        ...(group === undefined ? {} : { group }),
        credentialsOf,
        refusals,
      }),
  };
}

/** How long whoever pipelines is not let in again. */
const pipelinedSeconds = 30;

export function punishPipelining(strangers: TokenBuckets) {
  return ({ address, via }: Pick<Caller, 'address' | 'via'>): void => {
    if (via !== 'unix') strangers.punish(sourceOf(address), pipelinedSeconds);
  };
}

/** Six seconds' worth at once: a person who looks around, a program that begins. */
const strangerBurst = 6;
/** A connection, its HTTP/2 session and a few calls: with less nobody would get any answer, however long he waits. */
const leastBurst = 12;

/** @param perSecond connections and calls of one source; 0: no limit */
export function strangerBudget(perSecond: number, clock: () => number): TokenBuckets {
  return new TokenBuckets(strangerRate(perSecond), clock);
}

function strangerRate(perSecond: number): Rate | undefined {
  return perSecond === 0 ? undefined : { perSecond, burst: Math.max(leastBurst, strangerBurst * perSecond) };
}

function callRate({ callsPerSecond, burst }: LimitsConfig): Rate | undefined {
  return callsPerSecond === 0 ? undefined : { perSecond: callsPerSecond, burst };
}

/** Where a certificate of the cluster's is to be kept; undefined: others are there, or none is asked for. */
export function issuedFiles({ paths, issued }: DaemonConfig['tls']): TlsPaths | undefined {
  return anyPresent(paths) ? undefined : issued;
}

/** The files that are named, or those of the data directory when they are there. @throws IpamError invalid-config */
function openTls(config: DaemonConfig['tls'], log: Log): TlsFiles | undefined {
  const { paths, isNamed, insecure } = config;
  const issued = issuedFiles(config);
  if (issued !== undefined && anyPresent(issued)) return new TlsFiles(issued, log);
  if (!isNamed && !anyPresent(paths)) return undefined;
  if (!insecure) return new TlsFiles(paths, log);
  throw new IpamError(
    'invalid-config',
    `tls.insecure: true (--insecure), and certificates are there: ${paths.caFile}`,
    {
      advice: 'leave --insecure out, or move the certificates away',
      facts: { key: 'tls.insecure' },
    },
  );
}

function socketGroup(config: SocketGroupConfig | undefined, canAsk: boolean) {
  if (config === undefined) return undefined;
  if (!canAsk) {
    throw new IpamError('invalid-config', 'grpc.socketGroup: this installation cannot tell who calls on a socket', {
      advice: 'install a C compiler and run make build again, or leave grpc.socketGroup out',
      facts: { key: 'grpc.socketGroup' },
    });
  }
  return { gid: groupNumber(config.group), role: config.role };
}

/** @throws IpamError invalid-config */
function groupNumber(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${group}:`));
  const gid = Number(line?.split(':')[2]);
  if (line !== undefined && Number.isInteger(gid)) return gid;
  throw new IpamError('invalid-config', `grpc.socketGroup: no group "${group}" in /etc/group`, {
    advice: 'create it (groupadd), or give its number',
    facts: { key: 'grpc.socketGroup', value: group },
  });
}
