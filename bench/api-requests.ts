const metric = /^ipam_api_requests_total\{verb="([^"]*)",resource="([^"]*)",code="([^"]*)"\} (\d+)$/;
/** RBAC's verbs that change something. */
const writes: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);

/** How many requests our programs have sent to the API server, by verb, resource and code. */
export class ApiRequests {
  #counts: ReadonlyMap<string, number>;

  /** @param scrapes metrics of programs, as they print them; summed up */
  constructor(scrapes: readonly string[]) {
    const counts = new Map<string, number>();
    for (const line of scrapes.flatMap((text) => text.split('\n'))) {
      const [, verb, resource, code, count] = metric.exec(line) ?? [];
      if (count === undefined) continue;
      const key = `${verb} ${resource} ${code}`;
      counts.set(key, (counts.get(key) ?? 0) + Number(count));
    }
    this.#counts = counts;
  }

  since(before: ApiRequests): ApiRequests {
    const counts = [...this.#counts].map(([key, count]) => [key, count - (before.#counts.get(key) ?? 0)] as const);
    const after = new ApiRequests([]);
    after.#counts = new Map(counts.filter(([, count]) => count > 0));
    return after;
  }

  /** Writes that the server carried out. @param resource `ipclaims`, `spiderippools/status`; by default of any */
  writes(resource?: string): number {
    return [...this.#counts].reduce((sum, [key, count]) => {
      const [verb = '', what, code = ''] = key.split(' ');
      const isMeant = writes.has(verb) && code.startsWith('2') && (resource === undefined || what === resource);
      return isMeant ? sum + count : sum;
    }, 0);
  }

  /** `create ipclaims.berth.network 201`, and how many. */
  entries(): readonly (readonly [what: string, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
