/** Where something listens. `host` is a name or an address, without brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** @param text `host:port` or `[v6]:port`, checked before by the schema of the configuration */
export function parseHostPort(text: string): HostPort {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

export function formatHostPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The consensus traffic of a member goes to the port after its daemon's: one address names both. */
export function peerUrl({ host, port }: HostPort, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://${formatHostPort({ host, port: port + 1 })}`;
}

/** Where the daemon of the member with this peer URL listens. */
export function daemonAddress(url: string): HostPort {
  const { host, port } = parseHostPort(url.replace(/^https?:\/\//, ''));
  return { host, port: port - 1 };
}

/** Every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || /^[0:]+$/.test(host);
}
