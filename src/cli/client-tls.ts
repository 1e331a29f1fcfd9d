import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { type ChannelSecurity, type ChannelTls, channelSecurity, hostOf } from '../tls/channel.ts';
import { isBundle, isUsable } from '../tls/pem.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

export interface ClientTls extends ChannelTls {
  readonly serverName?: string;
}

export interface ClientTlsOptions {
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** How long the daemon has for a handshake when we look what went wrong, milliseconds. */
const probeMs = 3_000;

/** @returns undefined when no file is named @throws CliError naming the flag, the file and what is wrong with it */
export function readClientTls({ cacert, cert, key, serverName }: ClientTlsOptions): ClientTls | undefined {
  if (cacert === undefined && cert === undefined && key === undefined) return undefined;
  const read = (flag: string, variable: string, file: string | undefined): string => {
    if (file === undefined) {
      throw tlsError(`${flag} (${variable}) is missing: TLS needs --cacert, --cert and --key`, 'name all three files');
    }
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw tlsError(`${flag} ${file}: ${(error as Error).message}`, '');
    }
  };
  const tls = {
    ca: read('--cacert', 'IPAM_CACERT', cacert),
    cert: read('--cert', 'IPAM_CERT', cert),
    key: read('--key', 'IPAM_KEY', key),
    ...(serverName === undefined ? {} : { serverName }),
  };
  if (!isBundle(tls.ca)) throw tlsError(`--cacert ${cacert}: no certificate of an authority in PEM`, '');
  if (!isUsable(tls)) throw tlsError(`--key ${key} is not the key of --cert ${cert}`, '');
  return tls;
}

export function clientSecurity(tls: ClientTls, target: string): ChannelSecurity {
  const { serverName: name } = tls;
  return channelSecurity(tls, target, { roles: ['node', 'member'], ...(name === undefined ? {} : { name }) });
}

/**
 * gRPC says only that no connection came about. Looks once more, and tells why as far as one can see from here.
 * @returns undefined when it has nothing to do with TLS
 */
export async function whyNoTls(target: string, tls: ClientTls | undefined): Promise<CliError | undefined> {
  const [host, port] = [hostOf(target), Number(target.slice(target.lastIndexOf(':') + 1))];
  if (tls === undefined) {
    return (await speaksTls(host, port))
      ? tlsError(`${target} speaks TLS and wants to see a certificate`, 'name --cacert, --cert and --key')
      : undefined;
  }
  const own = new X509Certificate(tls.cert);
  const now = Date.now();
  if (now >= own.validToDate.getTime()) {
    return tlsError(`the certificate of --cert has expired at ${own.validTo}`, 'ipam-cli certs renew');
  }
  if (now < own.validFromDate.getTime()) {
    return tlsError(`the certificate of --cert is not valid before ${own.validFrom}`, 'compare the clocks');
  }
  const socket = connectTls({
    ...{ host, port, ca: tls.ca, cert: tls.cert, key: tls.key },
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
    // Judged below, in our own words.
    checkServerIdentity: () => undefined,
  });
  try {
    return await judge(socket, tls.serverName ?? host, target);
  } finally {
    socket.destroy();
  }
}

async function judge(socket: TLSSocket, name: string, target: string): Promise<CliError | undefined> {
  const event = await firstOf(socket, ['secureConnect', 'error']);
  if (event.name === 'timeout') return tlsError(`${target} does not finish a TLS handshake`, '');
  if (event.name === 'error') {
    const { code = '', message } = event.value as NodeJS.ErrnoException;
    if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTFOUND'].includes(code)) return undefined;
    if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ECONNRESET') {
      return tlsError(`${target} does not speak TLS, or ended the connection`, 'leave --cacert, --cert and --key out');
    }
    return tlsError(`no TLS connection to ${target}: ${message}`, '');
  }
  const shown = socket.getPeerCertificate();
  if (!socket.authorized) {
    const [why, advice] = serverReasons[String(socket.authorizationError)] ?? [String(socket.authorizationError), ''];
    return tlsError(`the certificate of ${target} ${why}`, advice);
  }
  const wrongName = checkServerIdentity(name, shown);
  if (wrongName !== undefined) {
    return tlsError(
      `the certificate of ${target} is not for "${name}", but for ${shown.subjectaltname ?? 'no name'}`,
      'name what it is for with --server-name, or issue one with --dns or --ip',
    );
  }
  // It showed a certificate that is in order, and then ended the connection: ours is not, for it.
  const next = await firstOf(socket, ['data', 'end', 'close', 'error']);
  if (next.name !== 'timeout' && next.name !== 'data') {
    return tlsError(
      `${target} does not accept the certificate of --cert`,
      'is it of the authority that the daemon trusts (tls.caFile), of a role, and not revoked? its audit log says why',
    );
  }
  return tlsError(
    `the certificate of ${target} is not that of an ipam-daemon`,
    'its subject must name O=berth:node or berth:member',
  );
}

const serverReasons: Readonly<Record<string, readonly [why: string, advice: string]>> = {
  CERT_HAS_EXPIRED: ['has expired', 'ipam-cli certs renew, where the daemon runs'],
  CERT_NOT_YET_VALID: ['is not valid yet', 'compare the clocks'],
  INVALID_PURPOSE: ['is not made for servers', 'give the daemon one for a node or a member'],
  UNABLE_TO_GET_ISSUER_CERT: ['is of an authority that is not in --cacert', 'name the right ca.crt'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['is of an authority that is not in --cacert', 'name the right ca.crt'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['is of an authority that is not in --cacert', 'name the right ca.crt'],
  SELF_SIGNED_CERT_IN_CHAIN: ['is of an authority that is not in --cacert', 'name the right ca.crt'],
  CERT_SIGNATURE_FAILURE: ['is of an authority that is not in --cacert', 'name the right ca.crt'],
};

/** Does whoever listens there answer a TLS handshake? What its certificate is does not matter. */
async function speaksTls(host: string, port: number): Promise<boolean> {
  const raw = connect({ host, port });
  const socket = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  try {
    return (await firstOf(socket, ['secureConnect', 'error'])).name === 'secureConnect';
  } finally {
    raw.destroy();
  }
}

function firstOf(socket: TLSSocket, names: readonly string[]): Promise<{ name: string; value: unknown }> {
  return new Promise((resolve) => {
    // Whatever happens later is of no interest.
    socket.on('error', () => {});
    socket.setTimeout(probeMs, () => resolve({ name: 'timeout', value: undefined }));
    for (const name of names) socket.once(name, (value: unknown) => resolve({ name, value }));
  });
}

function tlsError(message: string, advice: string): CliError {
  return new CliError(message, { code: 'tls', advice, exit: exitCodes.unreachable });
}
