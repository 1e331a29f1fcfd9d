import { EventEmitter } from 'node:events';
import { type MethodDefinition, status } from '@grpc/grpc-js';
import { enrol } from '../../../src/api/connections.ts';
import { forCaller } from '../../../src/api/current-caller.ts';
import { ipamService } from '../../../src/api/ipam-service.ts';
import { contract } from '../../../src/api/proto.ts';
import { resourcesService } from '../../../src/api/resources-service.ts';
import type { Daemon } from '../../../src/daemon/daemon.ts';
import type { Random } from '../../kit/random.ts';
import { randomMessage } from '../grpc-messages.ts';
import type { Target } from '../target.ts';
import { wordOf } from '../word.ts';
import { newWorld } from '../world.ts';

type Method = MethodDefinition<object, object>;
type Problem = { readonly code?: number; readonly details?: string } | null;
/** What grpc-js calls for a method, as far as it is called here. */
type Handler = (call: object, callback: (error: Problem, response?: object) => void) => void;

const methods = [...Object.values(contract.IPAM.service), ...Object.values(contract.Resources.service)] as Method[];
/** Between the calls of one input; field 31 with a wire type that does not exist is in no message. */
const separator = Buffer.from([0xff, 0xff]);
/** More calls than an input is made with, fewer than make a slow one. */
const callLimit = 64;

/** Calls one after the other over one daemon: the first byte tells the method, the others are its message. */
export const grpc: Target = {
  name: 'grpc',
  dictionary: [
    ...['\xff\xff', '\n\x04c1', '\x12', '"\x02c1', '\n\x05node1', '\n\b10.0.0.2', '\x1a', 'P\x04P\x06', '\x08\x96\x01'],
    ...['node1', 'c1', 'eth0', 'cluster-ipv4', '10.0.0.2', 'fd00::2', '10.0.0.0/28', 'SpiderIPPool', '{"kind":', '[['],
  ],
  make,
  run: async (input) => {
    const world = await newWorld();
    const handlers = handlersOf(world.daemon);
    const words: string[] = [];
    for (const part of partsOf(input)) words.push(await callMethod(handlers, part));
    await world.end();
    return words.join(', ');
  },
};

function make(random: Random): Buffer {
  const calls = Array.from({ length: 1 + random.below(6) }, () => {
    const index = random.below(methods.length);
    const { requestType, requestSerialize } = methods[index] as Method & { requestType: { type: { name: string } } };
    const message = requestSerialize(randomMessage(random, requestType.type.name));
    return Buffer.concat([Buffer.from([index]), message]);
  });
  return Buffer.concat(calls.flatMap((call, index) => (index === 0 ? [call] : [separator, call])));
}

async function callMethod(handlers: Record<string, Handler>, part: Buffer): Promise<string> {
  const method = methods[(part[0] ?? 0) % methods.length] as Method;
  const name = method.path.slice(method.path.lastIndexOf('/') + 1);
  let request: object;
  try {
    request = method.requestDeserialize(part.subarray(1));
  } catch {
    // The library answers before any code of ours runs.
    return `${name} undecodable`;
  }
  const handler = handlers[method.path] as Handler;
  return `${name} ${method.responseStream ? await stream(handler, method, request) : await unary(handler, method, request)}`;
}

/** Calls are an operator's: what a node may not do is not what is looked for here. */
const caller = { name: 'fuzz', role: 'admin', via: 'unix', address: 'unix' } as const;
const { peer } = enrol({
  caller,
  forCaller: forCaller(caller),
  onRefused: () => {},
  onDone: () => {},
  end: () => {},
});

function identity({ path }: Method) {
  return { getPeer: () => peer, getPath: () => path };
}

function unary(handler: Handler, method: Method, request: object): Promise<string> {
  return new Promise((resolve, reject) => {
    handler({ request, ...identity(method) }, (problem, response) => {
      try {
        if (problem !== null) return resolve(problemWord(problem));
        method.responseSerialize(response ?? {});
        resolve(batchWord(response));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Reads what comes at once, then cancels, as a client that goes away does. */
function stream(handler: Handler, method: Method, request: object): Promise<string> {
  return new Promise((resolve, reject) => {
    let count = 0;
    const fail = (error: unknown) => reject(error);
    const call = Object.assign(new EventEmitter(), {
      request,
      ...identity(method),
      write: (message: object) => {
        method.responseSerialize(message);
        count += 1;
        return true;
      },
      end: () => resolve(`stream of ${Math.min(count, 3)}`),
    });
    call.on('error', (problem: Problem) => {
      try {
        resolve(problemWord(problem));
      } catch (error) {
        fail(error);
      }
    });
    handler(call, () => fail(new Error(`${method.path} answers by callback`)));
    setImmediate(() => call.emit('cancelled'));
  });
}

function problemWord(problem: Problem): string {
  const { code = status.UNKNOWN, details = '' } = problem ?? {};
  if (code === status.INTERNAL || code === status.UNKNOWN) throw new Error(`status ${status[code]}: ${details}`);
  return `${status[code]} ${wordOf(details)}`;
}

/** A batch hides its failures in its outcomes. */
function batchWord(response: object | undefined): string {
  const { outcomes = [] } = (response ?? {}) as {
    outcomes?: readonly { problem?: { code: string; message: string } }[];
  };
  for (const { problem } of outcomes) {
    if (problem?.code === 'internal') throw new Error(`internal problem in a batch: ${problem.message}`);
  }
  return `OK${outcomes.length > 0 ? ` ${outcomes[0]?.problem?.code ?? 'OK'}` : ''}`;
}

function handlersOf({ ipam, administration, resources }: Daemon): Record<string, Handler> {
  const services = [
    [contract.IPAM.service, ipamService({ ipam, administration, version: 'fuzz', isMember: false })],
    [contract.Resources.service, resourcesService(resources, ipam)],
  ] as const;
  const named = services.flatMap(([service, handlers]) =>
    Object.entries(service).map(([name, { path }]) => [path, (handlers as Record<string, unknown>)[name]]),
  );
  return Object.fromEntries(named) as Record<string, Handler>;
}

function partsOf(input: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at <= input.length && parts.length < callLimit; ) {
    const end = input.indexOf(separator, at);
    parts.push(input.subarray(at, end < 0 ? input.length : end));
    at = end < 0 ? input.length + 1 : end + separator.length;
  }
  return parts;
}
