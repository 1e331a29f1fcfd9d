import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Pair } from '../../src/tls/issue.ts';

export interface Asking {
  readonly port: number;
  /** PEM; absent: without TLS. */
  readonly ca?: string;
  /** What is shown; absent: nothing. */
  readonly card?: Pair;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A form that is sent. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks as a browser would, on a connection of its own. @throws when the connection ends before there is an answer */
export async function ask(asking: Asking): Promise<Answer> {
  const response = await open(asking);
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** The same, of an answer that does not end. */
export async function open({ port, ca, card, path, headers = {}, form }: Asking): Promise<IncomingMessage> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const kind = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const options = {
    ...{ host: '127.0.0.1', port, path, agent: false },
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...kind, ...headers },
  } as const;
  const sent =
    ca === undefined
      ? plainRequest(options)
      : secureRequest({ ...options, ca, ...(card === undefined ? {} : { cert: card.cert, key: card.key }) });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}
