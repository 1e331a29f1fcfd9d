import { request } from 'node:https';

export interface ApiRequest {
  readonly url: string;
  /** PEM of the authority. */
  readonly ca: string;
  readonly token: string;
  readonly method?: string;
  /** Path with query, as `/api/v1/pods?limit=1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request to an API server on a connection of its own. @throws when there is no answer within half a minute */
export function apiRequest(sent: ApiRequest): Promise<ApiAnswer> {
  const { url, ca, token, method = 'GET', path, body, contentType = 'application/json' } = sent;
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
    const outgoing = request(`${url}${path}`, { method, ca, headers, agent: false, timeout: 30_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
