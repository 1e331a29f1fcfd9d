import { type ServiceError, status } from '@grpc/grpc-js';
import type { CheckReport, Found, Peers, Subject } from '../ipam/cluster-port.ts';
import type { ExplainSubject, Explanation } from '../ipam/explain/explanation.ts';
import type { Forecast } from '../ipam/forecast/usage-record.ts';
import type { HistoryQuestion } from '../ipam/history/question.ts';
import type { NodeHistory } from '../ipam/history/reading.ts';
import type { AllocationPage, BlockUsage, PageRequest } from '../ipam/port.ts';
import type { DueRelease } from '../ipam/reclaim/due.ts';
import { Slots } from '../platform/slots.ts';
import { IpamError } from '../resources/errors.ts';
import type { ChannelSecurity } from '../tls/channel.ts';
import { subjectMessage, tokenOf } from './cluster-reads.ts';
import { explanationOf } from './explain-answers.ts';
import { explainSubjectMessage } from './explain-messages.ts';
import { forecastOf } from './forecast-messages.ts';
import { dueReleaseOf } from './garbage-calls.ts';
import type { CheckResponse__Output } from './generated/ipam/CheckResponse.ts';
import type { CollectGarbageResponse__Output } from './generated/ipam/CollectGarbageResponse.ts';
import type { ExplainResponse__Output } from './generated/ipam/ExplainResponse.ts';
import type { ForecastResponse__Output } from './generated/ipam/ForecastResponse.ts';
import type { GetNodeBlocksResponse__Output } from './generated/ipam/GetNodeBlocksResponse.ts';
import type { HistoryResponse__Output } from './generated/ipam/HistoryResponse.ts';
import type { ListAllocationsResponse__Output } from './generated/ipam/ListAllocationsResponse.ts';
import type { LookupResponse__Output } from './generated/ipam/LookupResponse.ts';
import type { PeersClient } from './generated/ipam/Peers.ts';
import { questionMessage, recordOf } from './history-messages.ts';
import { allocationOf, blockUsageOf, reportOf, stateOf } from './peer-answers.ts';
import type { PeerDirectory } from './peer-directory.ts';
import { contract } from './proto.ts';
import { remoteError } from './remote-error.ts';

/** Who does not say in this time what it has is taken for away. */
const answerMs = 2_000;
/** A check walks over everything, and looks again at what seems broken. */
const checkMs = 15_000;
/** A record of some hundred thousand entries is read through, beside the runtime's calls. */
const historyMs = 15_000;
/** So many daemons are asked at once: of a thousand, the answers come in waves. */
const atOnce = 64;

const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Of a thousand daemons that are asked now and then no connection stays open.
  'grpc.client_idle_timeout_ms': 30_000,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.use_local_subchannel_pool': 1,
};

type Callback<T> = (error: ServiceError | null, message?: T) => void;
type Start<T> = (client: PeersClient, deadline: { readonly deadline: number }, done: Callback<T>) => unknown;

interface OpenClient {
  readonly client: PeersClient;
  readonly endpoint: string;
}

export interface GrpcPeersOptions {
  readonly directory: PeerDirectory;
  /** How to speak with the daemon of a node; asked for each connection. */
  readonly securityOf: (node: string, endpoint: string) => ChannelSecurity;
}

/** Other daemons of the cluster, by the service ipam.Peers. */
export class GrpcPeers implements Peers {
  readonly #options: GrpcPeersOptions;
  readonly #clients = new Map<string, OpenClient>();
  readonly #slots = new Slots(atOnce, Number.POSITIVE_INFINITY);

  constructor(options: GrpcPeersOptions) {
    this.#options = options;
  }

  async nodes(): Promise<readonly string[]> {
    return [...(await this.#options.directory.endpoints()).keys()];
  }

  async blocks(node: string): Promise<readonly BlockUsage[]> {
    const { blocks } = await this.#ask<GetNodeBlocksResponse__Output>(node, answerMs, (client, deadline, done) =>
      client.Blocks({}, deadline, done),
    );
    return blocks.map(blockUsageOf);
  }

  async page(node: string, { filter, after, limit }: PageRequest): Promise<AllocationPage> {
    const request = {
      node_id: filter.node ?? '',
      pool: filter.pool ?? '',
      pod_namespace: filter.podNamespace ?? '',
      limit,
      continue_token: after === undefined ? '' : tokenOf(after),
    };
    const page = await this.#ask<ListAllocationsResponse__Output>(node, answerMs, (client, deadline, done) =>
      client.Allocations(request, deadline, done),
    );
    const allocations = page.allocations.map(allocationOf);
    return { allocations, isLast: page.continue_token === '', total: page.total };
  }

  async find(node: string, subject: Subject): Promise<Found> {
    const { allocations, address } = await this.#ask<LookupResponse__Output>(node, answerMs, (client, deadline, done) =>
      client.Lookup(subjectMessage(subject), deadline, done),
    );
    return {
      allocations: allocations.map(allocationOf),
      state: address === null ? undefined : stateOf(address),
    };
  }

  async explain(node: string, subject: ExplainSubject): Promise<Explanation> {
    return explanationOf(
      await this.#ask<ExplainResponse__Output>(node, answerMs, (client, deadline, done) =>
        client.Explain(explainSubjectMessage(subject), deadline, done),
      ),
    );
  }

  async history(node: string, question: HistoryQuestion): Promise<NodeHistory> {
    const { records } = await this.#ask<HistoryResponse__Output>(node, historyMs, (client, deadline, done) =>
      client.GetHistory(questionMessage(question), deadline, done),
    );
    const [record] = records;
    if (record === undefined) throw new IpamError('store-unavailable', 'its ipam-daemon says nothing of its record');
    return recordOf(record);
  }

  async forecast(node: string): Promise<readonly Forecast[]> {
    const { forecasts } = await this.#ask<ForecastResponse__Output>(node, answerMs, (client, deadline, done) =>
      client.GetForecast({}, deadline, done),
    );
    return forecasts.map(forecastOf);
  }

  async due(node: string): Promise<readonly DueRelease[]> {
    const { releases } = await this.#ask<CollectGarbageResponse__Output>(node, answerMs, (client, deadline, done) =>
      client.DryRunCollectGarbage({}, deadline, done),
    );
    return releases.map(dueReleaseOf);
  }

  async check(node: string): Promise<CheckReport> {
    return reportOf(
      await this.#ask<CheckResponse__Output>(node, checkMs, (client, deadline, done) =>
        client.Check({}, deadline, done),
      ),
    );
  }

  /** Speaks with everybody anew from now on, with other credentials. */
  renew(): void {
    for (const { client } of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  close(): void {
    this.renew();
  }

  /** @throws IpamError */
  async #ask<T>(node: string, ms: number, start: Start<T>): Promise<T> {
    const endpoint = (await this.#options.directory.endpoints()).get(node);
    if (endpoint === undefined) throw new IpamError('not-ready', 'no ipam-daemon of that node is there');
    if (endpoint === '') {
      throw new IpamError('unsupported', 'its ipam-daemon takes no calls of others (grpc.bindAddr is off)');
    }
    const answer = this.#slots.run(() => call(this.#clientOf(node, endpoint), endpoint, ms, start));
    if (answer === undefined) throw new IpamError('rate-limited', 'too many daemons are being asked');
    return answer;
  }

  #clientOf(node: string, endpoint: string): PeersClient {
    const open = this.#clients.get(node);
    if (open?.endpoint === endpoint) return open.client;
    open?.client.close();
    const { credentials, options } = this.#options.securityOf(node, endpoint);
    const client = new contract.Peers(endpoint, credentials, { ...channelOptions, ...options });
    this.#clients.set(node, { client, endpoint });
    return client;
  }
}

function call<T>(client: PeersClient, endpoint: string, ms: number, start: Start<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    start(client, { deadline: Date.now() + ms }, (error, message) => {
      if (error !== null) reject(peerError(error, endpoint, ms));
      else if (message === undefined) reject(new IpamError('store-unavailable', `${endpoint}: an empty answer`));
      else resolve(message);
    });
  });
}

function peerError(error: ServiceError, endpoint: string, ms: number): IpamError {
  if (error.code === status.DEADLINE_EXCEEDED)
    return new IpamError('store-unavailable', `no answer of ${endpoint} within ${ms / 1000} s`, { cause: error });
  if (error.code === status.UNIMPLEMENTED)
    return new IpamError('unsupported', `the ipam-daemon at ${endpoint} is of an earlier version`, { cause: error });
  return remoteError(error, endpoint);
}
