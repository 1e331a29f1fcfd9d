/** DNS settings of a result (CNI specification, section 5). */
export interface Dns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/**
 * The settings of a resolv.conf(5) as host-local reads them: of several `search` lines all count, of `domain` the last.
 * Other lines are passed over, and what follows a comment's sign after a blank.
 */
export function parseResolvConf(text: string): Dns {
  const nameservers: string[] = [];
  let domain: string | undefined;
  const search: string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/(^|\s)[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (values.length === 0) continue;
    if (keyword === 'nameserver') nameservers.push(...values.slice(0, 1));
    if (keyword === 'domain') [domain] = values;
    if (keyword === 'search') search.push(...values);
    if (keyword === 'options') options.push(...values);
  }
  return {
    ...(nameservers.length === 0 ? {} : { nameservers }),
    ...(domain === undefined ? {} : { domain }),
    ...(search.length === 0 ? {} : { search }),
    ...(options.length === 0 ? {} : { options }),
  };
}
