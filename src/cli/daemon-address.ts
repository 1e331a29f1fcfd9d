import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** Where a daemon is, as gRPC names it. */
export interface DaemonAddress {
  readonly target: string;
  readonly isTcp: boolean;
}

const port = /^(0*[1-9]\d{0,4})$/;
const hostName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9.])?$/;

/** @param text a path, `unix:…` or `host:port`, an IPv6 address in brackets @throws CliError usage, saying how to write it */
export function daemonAddress(text: string): DaemonAddress {
  if (text === '') throw refuse(text, 'is empty', 'leave --daemon out (and IPAM_DAEMON unset) for /run/ipam/ipam.sock');
  const path = /^unix:(?:\/\/)?(.*)$/.exec(text)?.[1] ?? (/^\.{0,2}\//.test(text) ? text : undefined);
  if (path === '') throw refuse(text, 'names no file', 'for example unix:/run/ipam/ipam.sock');
  if (path !== undefined) return { target: `unix:${resolve(path)}`, isTcp: false };
  if (/^[a-z]+:\/\//i.test(text)) {
    throw refuse(
      text,
      'is a URL',
      `write ${text.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '') || 'host:port'} as host:port`,
    );
  }
  if (isIPv6(text)) throw refuse(text, 'is an IPv6 address without a port', `write [${text}]:9090`);
  const [, bracketed, host = bracketed, end] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(text) ?? [];
  if (host === undefined) {
    const [address, last] = [text.slice(0, text.lastIndexOf(':')), text.slice(text.lastIndexOf(':') + 1)];
    const written = isIPv6(address) ? `[${address}]:${last}` : '[fd00::1]:9090';
    throw refuse(text, 'is no host:port', `an IPv6 address stands in brackets: ${written}`);
  }
  if (bracketed === undefined ? !hostName.test(host) : !isIPv6(host)) {
    throw refuse(
      text,
      host === '' ? 'names no host' : `has no host in "${host}"`,
      'for example node1:9090 or [fd00::1]:9090',
    );
  }
  const name = bracketed === undefined ? host : `[${host}]`;
  if (end === undefined) throw refuse(text, 'has no port', `write ${name}:9090; a socket is a path with a "/"`);
  if (!port.test(end) || Number(end) > 65_535)
    throw refuse(text, `has no port in "${end}"`, 'a port is a number from 1 to 65535');
  return { target: `${name}:${Number(end)}`, isTcp: true };
}

function refuse(text: string, why: string, advice: string): CliError {
  return new CliError(`--daemon (IPAM_DAEMON) "${text}" ${why}`, { code: 'usage', advice, exit: exitCodes.usage });
}
