import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that a test tells to misbehave: it can be slow, keep back what clients say, or carry their words on and
 * lose the answers.
 */
export class TcpProxy {
  /** Each piece waits so long, milliseconds, in both directions. */
  delayMs = 0;
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #losesAnswers = false;
  #isHolding = false;
  #held: (() => void)[] = [];

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on answers are lost, and those who wait for them are cut off when heal() is called. */
  loseAnswers(): void {
    this.#losesAnswers = true;
  }

  heal(): void {
    this.#losesAnswers = false;
    this.cut();
  }

  /** Keeps back what clients say. @returns what lets it through, late */
  hold(): void {
    this.#isHolding = true;
  }

  get hasHeld(): boolean {
    return this.#held.length > 0;
  }

  release(): void {
    this.#isHolding = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }

  #serve(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    this.#join(client, server, (piece) => {
      const pass = (): void => void server.write(piece);
      if (this.#isHolding) this.#held.push(pass);
      else this.#later(pass);
    });
    this.#join(server, client, (piece) => {
      if (!this.#losesAnswers) this.#later(() => client.write(piece));
    });
  }

  #join(from: Socket, to: Socket, onPiece: (piece: Buffer) => void): void {
    this.#sockets.add(from);
    from.on('data', onPiece);
    // The other side learns of an end of any kind by an end.
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  #later(action: () => void): void {
    if (this.delayMs === 0) action();
    else setTimeout(action, this.delayMs);
  }
}
