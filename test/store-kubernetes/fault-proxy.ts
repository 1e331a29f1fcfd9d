import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AccessOptions } from '../../src/store/kubernetes/access.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';

/** What happens to a request on its way. Without a fault it goes through. */
export type Fault =
  /** Answered here; the API server never sees it. */
  | {
      readonly kind: 'answer';
      readonly code: number;
      readonly headers?: Record<string, string>;
      readonly body?: object;
    }
  /** Carried out, and the connection breaks before the answer. */
  | { readonly kind: 'lose-answer' }
  /** Never answered, and never seen by the API server. */
  | { readonly kind: 'hold' };

/**
 * A real HTTP server before a real API server, which a test tells to misbehave: an API server itself is hard to
 * bring to refuse, to lose an answer or to fall silent at a chosen request.
 */
export class FaultProxy {
  /** Asked for each request; set by the test. */
  faultFor: (method: string, path: string) => Fault | undefined = () => undefined;
  /** `METHOD path`, as they came. */
  readonly seen: string[] = [];
  /** Those of them whose answers have begun. */
  readonly answered: string[] = [];
  mostAtOnce = 0;
  readonly #controlPlane: ControlPlane;
  readonly #server: Server;
  #atOnce = 0;
  #isFrozen = false;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
    this.#server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  access(): AccessOptions {
    const { port } = this.#server.address() as AddressInfo;
    return { server: `http://127.0.0.1:${port}`, token: { text: this.#controlPlane.token() } };
  }

  /** From now on nothing more comes of the answers that have begun; their connections stay open. */
  freeze(): void {
    this.#isFrozen = true;
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = 'GET', url = '/' } = incoming;
    this.seen.push(`${method} ${url}`);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    outgoing.once('close', () => {
      this.#atOnce -= 1;
    });
    const fault = this.faultFor(method, url);
    if (fault?.kind === 'hold') return;
    if (fault?.kind === 'answer') {
      outgoing.writeHead(fault.code, { 'content-type': 'application/json', ...fault.headers });
      outgoing.end(fault.body === undefined ? 'no more' : JSON.stringify(fault.body));
      return;
    }
    this.#forward(incoming, outgoing, fault?.kind === 'lose-answer');
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse, loses: boolean): void {
    const { method, url, headers } = incoming;
    const ca = readFileSync(this.#controlPlane.caFile);
    const onwards = secureRequest(`${this.#controlPlane.url}${url}`, { method, headers, ca }, (answer) => {
      if (loses) {
        answer.resume();
        answer.once('end', () => incoming.socket.destroy());
        return;
      }
      const wasFrozen = this.#isFrozen;
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      this.answered.push(`${method} ${url}`);
      const isThrough = (): boolean => wasFrozen || !this.#isFrozen;
      answer.on('data', (piece: Buffer) => {
        if (isThrough()) outgoing.write(piece);
      });
      answer.once('close', () => {
        if (isThrough()) outgoing.end();
      });
    });
    onwards.on('error', () => incoming.socket.destroy());
    outgoing.once('close', () => onwards.destroy());
    incoming.pipe(onwards);
  }
}
