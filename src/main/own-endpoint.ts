import type { DaemonConfig } from '../config/daemon-config.ts';
import { formatHostPort, isWildcard, parseHostPort } from '../members/addresses.ts';
import { connectionEnds, ownAddress } from '../members/advertised-address.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Engine } from './engine.ts';

type Config = Pick<DaemonConfig, 'node' | 'grpcAddr' | 'grpcAdvertiseAddr'>;

/** Of an agent: what the member that it speaks with cannot see by itself, which is where its connection comes from. */
export function agentEndpoint({ grpcAddr, grpcAdvertiseAddr }: Config): string {
  if (grpcAddr === '') return '';
  const { host, port } = parseHostPort(grpcAddr);
  if (grpcAdvertiseAddr !== undefined) return grpcAdvertiseAddr;
  return isWildcard(host) ? `:${port}` : formatHostPort({ host, port });
}

/**
 * Where other daemons reach the gRPC of this one, host:port: of a member, where members reach it; else what the
 * configuration says, what is bound, or the address by which it reaches what it shares with them. Empty: nowhere.
 */
export async function ownEndpoint(config: Config, engine: Engine, log: Log): Promise<() => string> {
  const { member } = engine;
  if (member !== undefined) return () => member.report().address;
  const { grpcAddr, grpcAdvertiseAddr, node } = config;
  if (grpcAddr === '') return () => '';
  if (grpcAdvertiseAddr !== undefined) return () => grpcAdvertiseAddr;
  const seenFrom = isWildcard(parseHostPort(grpcAddr).host) ? await engine.seenFrom?.() : undefined;
  try {
    const own = formatHostPort(await ownAddress({ bindAddr: grpcAddr, advertiseAddr: undefined, seenFrom, node }));
    return () => own;
  } catch (error) {
    if (!isIpamError(error)) throw error;
    log.info(
      { err: error },
      'other daemons cannot ask this one: it has no address for them; grpc.advertiseAddr names one',
    );
    return () => '';
  }
}

/** The address of ours that a connection to one of these has; undefined: none is to be had, or only this machine's own. */
export async function seenFromAny(addresses: readonly string[]): Promise<string | undefined> {
  for (const address of addresses.filter((one) => /:\d+$/.test(one))) {
    const own = (await connectionEnds(address))?.own;
    if (own !== undefined && !/^(127\.|::1$|::ffff:127\.)/.test(own)) return own.replace(/^::ffff:/, '');
  }
  return undefined;
}
