import { httpText } from '../test/kit/daemon-process.ts';

const metric = /^ipam_api_requests_total\{verb="([^"]*)",resource="([^"]*)",code="([^"]*)"\} (\d+)$/;
/** RBAC's verbs that change something. */
const writes: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);

/** How many requests daemons have sent to the API server, by verb, resource and code. */
export class ApiRequests {
  readonly #counts: ReadonlyMap<string, number>;

  private constructor(counts: ReadonlyMap<string, number>) {
    this.#counts = counts;
  }

  /** What they count now, together. */
  static async of(sockets: readonly string[]): Promise<ApiRequests> {
    const counts = new Map<string, number>();
    for (const socket of sockets) {
      for (const line of (await httpText(socket, '/metrics')).split('\n')) {
        const [, verb, resource, code, count] = metric.exec(line) ?? [];
        if (count === undefined) continue;
        const key = `${verb} ${resource} ${code}`;
        counts.set(key, (counts.get(key) ?? 0) + Number(count));
      }
    }
    return new ApiRequests(counts);
  }

  since(before: ApiRequests): ApiRequests {
    const counts = [...this.#counts].map(([key, count]) => [key, count - (before.#counts.get(key) ?? 0)] as const);
    return new ApiRequests(new Map(counts.filter(([, count]) => count > 0)));
  }

  get writes(): number {
    return [...this.#counts].reduce(
      (sum, [key, count]) => (writes.has(key.split(' ')[0] ?? '') ? sum + count : sum),
      0,
    );
  }

  /** `create ipclaims.berth.network 201`, and how many. */
  entries(): readonly (readonly [what: string, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
