import { EventEmitter } from 'node:events';
import type { MethodDefinition, Server, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { packageDefinition } from './proto.ts';
import { serviceError } from './status.ts';

/** Both are asked for: grpcurl tries the first, older clients the second. */
const packages = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;
const methodName = 'ServerReflectionInfo';

type Bytes = Buffer;
type Call = ServerDuplexStream<Bytes, Bytes>;

/** The library's service: a method of decoded messages, with what decodes and encodes them. */
interface Answerer {
  readonly method: MethodDefinition<object, object>;
  readonly handle: (stream: EventEmitter & { write(message: object): void; end(): void }) => void;
}

/**
 * The standard reflection service, loaded when somebody asks: it takes five megabytes, and few daemons are ever
 * asked. Until then its methods pass bytes.
 */
export function addReflection(server: Server): void {
  let loading: Promise<ReadonlyMap<string, Answerer>> | undefined;
  for (const name of packages) {
    const path = `/${name}.ServerReflection/${methodName}`;
    server.addService(bytesService(path), {
      [methodName]: (call: Call) => {
        loading ??= load().catch((error: unknown) => {
          // The next one may find a free descriptor.
          loading = undefined;
          throw error;
        });
        loading
          .then((answerers) => connect(call, answerers.get(path)))
          .catch((error: unknown) => call.emit('error', serviceError(error)));
      },
    });
  }
}

function connect(call: Call, answerer: Answerer | undefined): void {
  if (answerer === undefined) throw new Error(`the reflection library no longer offers ${call.getPath()}`);
  const { method, handle } = answerer;
  const messages = Object.assign(new EventEmitter(), {
    write: (message: object) => void call.write(method.responseSerialize(message)),
    end: () => void call.end(),
  });
  handle(messages);
  call.on('data', (bytes: Bytes) => {
    try {
      messages.emit('data', method.requestDeserialize(bytes));
    } catch (error) {
      // Thrown out of an event it would end the daemon.
      call.emit('error', serviceError(error));
    }
  });
  call.on('end', () => messages.emit('end'));
}

/** The library adds its services to a server; this one only keeps them. */
async function load(): Promise<ReadonlyMap<string, Answerer>> {
  const { ReflectionService } = await import('@grpc/reflection');
  const answerers = new Map<string, Answerer>();
  const keeper = {
    addService(definition: ServiceDefinition, handlers: Record<string, Answerer['handle']>): void {
      const [method, handle] = [definition[methodName], handlers[methodName]];
      if (method !== undefined && handle !== undefined) answerers.set(method.path, { method, handle });
    },
  };
  new ReflectionService(packageDefinition).addToServer(keeper as unknown as Server);
  return answerers;
}

function bytesService(path: string): ServiceDefinition {
  const same = (bytes: Bytes): Bytes => bytes;
  return {
    [methodName]: {
      path,
      requestStream: true,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}
