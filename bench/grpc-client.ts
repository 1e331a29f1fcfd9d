import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection } from 'node:net';
import { contract } from '../src/api/proto.ts';

/** A gRPC message's head: not compressed, then its length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const headBytes = 5;

/**
 * A load generator: unary calls over one HTTP/2 connection, with as little as possible between the call and the
 * socket. The client of @grpc/grpc-js takes more processor time for a call than the daemon does, so on two cores
 * it would be measured in the daemon's place.
 */
export class GrpcClient {
  readonly #session: ClientHttp2Session;

  constructor(socket: string) {
    this.#session = connect('http://localhost', { createConnection: () => createConnection(socket) });
  }

  allocateIP(request: object): Promise<void> {
    const { path, requestSerialize } = contract.IPAM.service.AllocateIP;
    const message = requestSerialize(request as Parameters<typeof requestSerialize>[0]);
    const head = Buffer.alloc(headBytes);
    head.writeUInt32BE(message.length, 1);
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      let status: string | undefined;
      let bytes = 0;
      stream.on('response', (headers) => {
        status = headers['grpc-status']?.toString();
      });
      stream.on('trailers', (trailers) => {
        status = trailers['grpc-status']?.toString();
      });
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      stream.on('error', reject);
      stream.on('close', () => {
        if (status === '0' && bytes > headBytes) resolve();
        else reject(new Error(`AllocateIP ended with gRPC status ${status} and ${bytes} bytes`));
      });
      stream.end(Buffer.concat([head, message]));
    });
  }

  close(): void {
    this.#session.close();
  }
}
