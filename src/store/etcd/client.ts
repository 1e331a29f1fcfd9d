import { setTimeout as pause } from 'node:timers/promises';
import { type ClientDuplexStream, Metadata, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import { IpamError } from '../../resources/errors.ts';
import { AttemptLimit } from './attempt-limit.ts';
import type { TlsFileNames } from './client-tls.ts';
import { type Endpoint, Endpoints } from './endpoints.ts';
import { type Failure, failureOf } from './etcd-error.ts';
import type { AlarmMember, EtcdMember, RangeRequest, RangeResponse, StatusResponse, TxnRequest } from './messages.ts';
import { methods } from './methods.ts';

export interface EtcdClientOptions {
  /** `host:port`, `http://…`, `https://…` or `unix:/path`, of one cluster. */
  readonly endpoints: readonly string[];
  readonly tls?: TlsFileNames;
  /** Longest time of a call with all its repetitions, milliseconds. */
  readonly deadlineMs?: number;
  /** How long the first attempt of a call that may be repeated waits for its answer at least, milliseconds. */
  readonly attemptMs?: number;
}

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly attemptMs?: number;
  /** Only this member, by the name of its endpoint. */
  readonly endpoint?: string;
}

export interface Answered<Response> {
  readonly response: Response;
  /** Attempts before this one whose answer was lost: they may have been carried out. */
  readonly lostAttempts: number;
}

interface Repeating extends CallOptions {
  /** Send it again also when an earlier attempt may have been carried out? */
  readonly isRepeatable: boolean;
  /** After a lost answer no refusal of a later attempt is the last word. */
  readonly isWrite?: boolean;
  /** Will the answer of a member without a leader do? */
  readonly mayLackLeader?: boolean;
}

/** Elections take some hundred milliseconds: who waits for one asks often, but sixty-four callers not too often. */
const pausesMs = { first: 15, growth: 1.4, longest: 100 };
const largestDeadlineMs = 2_147_483_647;

/**
 * etcd's gRPC API, over several members: a call that fails goes to the next one. Every call has a deadline. Errors
 * are IpamErrors: `store-unavailable` (a write may or may not have been carried out), `storage-full`, `compacted`,
 * `conflict` (etcd's failed preconditions), `not-found`, `permission-denied`, `invalid-argument` (too large),
 * `unsupported`, `storage-damaged`.
 */
export class EtcdClient {
  readonly #endpoints: Endpoints;
  readonly #deadlineMs: number;
  readonly #attemptMs: number;
  readonly #attemptLimit = new AttemptLimit();
  readonly #closing = new AbortController();

  /** @throws IpamError invalid-config */
  constructor({ endpoints, tls = {}, deadlineMs = 10_000, attemptMs = 250 }: EtcdClientOptions) {
    this.#endpoints = new Endpoints(endpoints, tls);
    this.#deadlineMs = deadlineMs;
    this.#attemptMs = attemptMs;
  }

  get endpoints(): readonly string[] {
    return this.#endpoints.all.map(({ name }) => name);
  }

  /** Aborts when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async range(request: RangeRequest, options: CallOptions = {}): Promise<RangeResponse> {
    return (await this.#call(methods.range, request, { ...options, isRepeatable: true })).response;
  }

  /** Sent again only when the first attempt surely was not carried out. */
  async txn(request: TxnRequest, options: CallOptions = {}) {
    return (await this.#call(methods.txn, request, { ...options, isRepeatable: false })).response;
  }

  /** Sent again also when an answer was lost: for who recognises what he did already. */
  async repeatedTxn(request: TxnRequest, options: CallOptions = {}) {
    return this.#call(methods.txn, request, { ...options, isRepeatable: true, isWrite: true });
  }

  /** Forgets all history before a revision. @throws IpamError compacted: it is forgotten already */
  async compact(revision: string, physical = false): Promise<void> {
    await this.#once(methods.compact, { revision, physical });
  }

  /** A lease that ends by itself when its answer is lost. @param ttl seconds @returns its ID */
  async grantLease(ttl: number): Promise<string> {
    const { response } = await this.#call(methods.leaseGrant, { TTL: ttl }, { isRepeatable: true });
    return response.ID;
  }

  /** @throws IpamError not-found: it has ended already */
  async revokeLease(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call(methods.leaseRevoke, { ID: id }, { ...options, isRepeatable: true });
  }

  /** @returns seconds that are left now; 0: the lease has ended. @throws IpamError store-unavailable */
  async keepLeaseAlive(id: string, deadlineMs = 2_000): Promise<number> {
    const endpoint = this.#endpoints.current;
    const { stream, failed } = this.duplex(methods.leaseKeepAlive, endpoint);
    const timer = setTimeout(() => stream.cancel(), deadlineMs);
    try {
      stream.write({ ID: id });
      const answer = await new Promise<{ TTL: string }>((resolve, reject) => {
        stream.once('data', resolve).once('error', (error: ServiceError) => reject(failed(error).error));
        stream.once('end', () => reject(new IpamError('store-unavailable', 'etcd: a lease was not kept alive')));
      });
      return Number(answer.TTL);
    } catch (error) {
      this.#endpoints.failed(endpoint);
      throw error;
    } finally {
      clearTimeout(timer);
      stream.on('error', () => {});
      stream.end();
      stream.cancel();
    }
  }

  async members(): Promise<readonly EtcdMember[]> {
    const request = { linearizable: true };
    return (await this.#call(methods.memberList, request, { isRepeatable: true })).response.members;
  }

  /** As the member that is asked knows them, who may have no leader. */
  async membersKnown(): Promise<readonly EtcdMember[]> {
    const options = { isRepeatable: true, mayLackLeader: true };
    return (await this.#call(methods.memberList, { linearizable: false }, options)).response.members;
  }

  /** @throws IpamError conflict: the peer URL is known already, or too few members have started */
  async addMember(peerUrls: readonly string[], isLearner: boolean): Promise<EtcdMember> {
    return (await this.#once(methods.memberAdd, { peerURLs: peerUrls, isLearner })).member;
  }

  /** @throws IpamError not-found; conflict: too few would be left */
  async removeMember(id: string): Promise<void> {
    await this.#once(methods.memberRemove, { ID: id });
  }

  /** @throws IpamError not-found */
  async updateMember(id: string, peerUrls: readonly string[]): Promise<void> {
    await this.#once(methods.memberUpdate, { ID: id, peerURLs: peerUrls });
  }

  /** @throws IpamError not-found; conflict: it is no learner, or has not caught up yet */
  async promoteMember(id: string): Promise<void> {
    await this.#once(methods.memberPromote, { ID: id });
  }

  /** @param endpoint which member; any when absent */
  async status(endpoint?: string): Promise<StatusResponse> {
    return (await this.#call(methods.status, {}, { ...at(endpoint), isRepeatable: true })).response;
  }

  async alarms(): Promise<readonly AlarmMember[]> {
    return (await this.#call(methods.alarm, { action: 'GET' as const }, { isRepeatable: true })).response.alarms;
  }

  async disarm({ memberID, alarm }: AlarmMember): Promise<void> {
    await this.#call(methods.alarm, { action: 'DEACTIVATE' as const, memberID, alarm }, { isRepeatable: true });
  }

  /** The member does nothing else meanwhile. @param deadlineMs a gigabyte takes some ten seconds */
  async defragment(endpoint: string, deadlineMs = 300_000): Promise<void> {
    await this.#once(methods.defragment, {}, { endpoint, deadlineMs });
  }

  /** To be asked of the leader. @throws IpamError conflict: it is not the leader */
  async moveLeader(targetId: string, endpoint: string): Promise<void> {
    await this.#once(methods.moveLeader, { targetID: targetId }, { endpoint });
  }

  /** The database file of one member, in pieces, with its checksum at the end, as `etcdctl snapshot save` writes it. */
  async *snapshot(endpoint?: string, deadlineMs = 600_000): AsyncGenerator<Buffer> {
    const from = this.#endpoint(endpoint);
    const { path, requestSerialize, responseDeserialize } = methods.snapshot;
    const stream = this.#endpoints
      .client(from)
      .makeServerStreamRequest(path, requestSerialize, responseDeserialize, {}, new Metadata(), {
        deadline: Date.now() + deadlineMs,
      });
    try {
      for await (const { blob } of stream as AsyncIterable<{ blob: Buffer }>) yield blob;
    } catch (error) {
      throw failureOf(describe(methods.snapshot, from), error as ServiceError).error;
    } finally {
      stream.cancel();
    }
  }

  /** A stream both ways to a member that has a leader. @param endpoint the present one when absent */
  duplex<Request, Response>(
    method: MethodDefinition<Request, Response>,
    endpoint: Endpoint = this.#endpoints.current,
  ): {
    readonly stream: ClientDuplexStream<Request, Response>;
    readonly failed: (error: ServiceError) => Failure;
    /** The next call goes to another member. */
    readonly leave: () => void;
  } {
    this.#requireOpen();
    const { path, requestSerialize, responseDeserialize } = method;
    const client = this.#endpoints.client(endpoint);
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, needsLeader());
    return {
      stream,
      failed: (error) => failureOf(describe(method, endpoint), error),
      leave: () => this.#endpoints.failed(endpoint),
    };
  }

  /** Calls under way end with `store-unavailable`. */
  close(): void {
    this.#closing.abort();
    this.#endpoints.close();
  }

  async #once<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    return (await this.#call(method, request, { ...options, isRepeatable: false })).response;
  }

  async #call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options: Repeating,
  ): Promise<Answered<Response>> {
    const { isRepeatable, isWrite = false, mayLackLeader = perMember.has(method.path) } = options;
    const { endpoint, deadlineMs = this.#deadlineMs, attemptMs = this.#attemptMs } = options;
    const metadata = () => (mayLackLeader ? new Metadata() : needsLeader());
    const until = Date.now() + Math.min(deadlineMs, largestDeadlineMs);
    let wait = pausesMs.first;
    for (let lostAttempts = 0; ; ) {
      this.#requireOpen();
      const from = this.#endpoint(endpoint);
      const begin = Date.now();
      const limit = isRepeatable ? this.#attemptLimit.next(attemptMs, lostAttempts) : deadlineMs;
      const deadline = Math.min(until, begin + limit);
      const outcome = await this.#attempt(method, request, from, { deadline, metadata: metadata() });
      if ('response' in outcome) {
        this.#attemptLimit.answered(Date.now() - begin);
        return { response: outcome.response, lostAttempts };
      }
      const { error, isSafe, isAmbiguous } = outcome.failure;
      if (!isSafe && !isAmbiguous) throw isWrite && lostAttempts > 0 ? unknownOutcome(error) : error;
      this.#endpoints.failed(from);
      if (isAmbiguous) {
        if (!isRepeatable) throw error;
        lostAttempts += 1;
      }
      if (Date.now() + wait >= until) throw error;
      await pause(wait * (0.5 + Math.random()), undefined, { signal: this.closing }).catch(() => {});
      wait = Math.min(wait * pausesMs.growth, pausesMs.longest);
    }
  }

  #attempt<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    endpoint: Endpoint,
    { deadline, metadata }: { readonly deadline: number; readonly metadata: Metadata },
  ): Promise<{ readonly response: Response } | { readonly failure: Failure }> {
    return new Promise((resolve) => {
      const { path, requestSerialize, responseDeserialize } = method;
      const cancel = (): void => call.cancel();
      const call = this.#endpoints
        .client(endpoint)
        .makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          { deadline },
          (error, response) => {
            this.closing.removeEventListener('abort', cancel);
            if (error === null && response !== undefined) resolve({ response });
            else resolve({ failure: failureOf(describe(method, endpoint), error ?? noAnswer) });
          },
        );
      this.closing.addEventListener('abort', cancel);
    });
  }

  #endpoint(name: string | undefined): Endpoint {
    return name === undefined ? this.#endpoints.current : this.#endpoints.named(name);
  }

  #requireOpen(): void {
    if (this.closing.aborted) throw new IpamError('store-unavailable', 'etcd: the client is closed');
  }
}

function unknownOutcome(error: IpamError): IpamError {
  if (error.code === 'storage-full' || error.code === 'storage-damaged') return error;
  return new IpamError('store-unavailable', `etcd: an answer was lost, and then: ${error.message}`, { cause: error });
}

const noAnswer = { code: 13, details: 'neither answer nor error' };
/** Asked also of a member that has no leader. */
const perMember = new Set<string>([methods.status.path, methods.defragment.path, methods.alarm.path]);

/** A member without a leader says so at once, and another one is asked. */
function needsLeader(): Metadata {
  const metadata = new Metadata();
  metadata.set('hasleader', 'true');
  return metadata;
}

function describe({ path }: { readonly path: string }, endpoint: Endpoint): string {
  return `${path.slice(path.lastIndexOf('/') + 1)} at ${endpoint.name}`;
}

function at(endpoint: string | undefined): CallOptions {
  return endpoint === undefined ? {} : { endpoint };
}
