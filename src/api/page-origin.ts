/** A host as a header has it, without its port. */
function hostOf(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase();
}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Does only this machine reach an address to listen at? @param address `host:port` */
export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return loopbackNames.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Was a page without certificates asked for by a name of this machine? Else a name of somebody's that was made to point here (DNS
 * rebinding) would let his scripts read it.
 */
export function isLoopbackHost(header: string | undefined): boolean {
  return header !== undefined && isLoopback(header);
}

export interface Origin {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Header Sec-Fetch-Site; undefined: a client that sends none. */
  readonly site: string | undefined;
}

/** Was a form sent from a page of ours? A browser says where from; whoever does not say is refused. */
export function isOwnForm({ origin, host, site }: Origin, scheme: 'http' | 'https'): boolean {
  return host !== undefined && origin === `${scheme}://${host}` && (site === undefined || site === 'same-origin');
}
