import type { Clock } from '../../platform/clock.ts';
import { passesByItself } from '../../resources/errors.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import { type Reflection, reflect } from '../../store/cache/reflector.ts';
import { objectPath } from '../../store/kubernetes/api-path.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import { podType } from '../../store/kubernetes/core.ts';
import { KubernetesStore } from '../../store/kubernetes/kubernetes-store.ts';
import {
  conditionOf,
  type SigningCondition,
  type SigningRequest,
  signingRequestType,
} from '../../store/kubernetes/signing-request.ts';
import type { Log } from '../../telemetry/log.ts';
import { organizationOf } from '../../tls/identity.ts';
import { issue, type Pair } from '../../tls/issue.ts';
import { type Result, WorkQueue, type WorkQueueOptions } from '../work-queue.ts';
import { type AskingPod, type Judgement, judgeRequest, tokenOf } from './judge-request.ts';

export interface CertificateSignerParts {
  readonly client: KubernetesClient;
  readonly authority: { read(): Promise<Pair> };
  /** Where the daemons' Pods are. */
  readonly namespace: string;
  /** User name of the daemons. */
  readonly account: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDone: NonNullable<WorkQueueOptions['onDone']>;
}

type PodObject = Stored<Resource> & { readonly spec: { readonly nodeName?: string } };

/** A daemon asks anew after two thirds of it. */
const lifetimeMs = 30 * 86_400_000;
const concurrency = 4;

/** Approves and signs what daemons ask for: a certificate of their node, with which they speak to one another. */
export class CertificateSigner {
  readonly #parts: CertificateSignerParts;
  readonly #open = new Map<string, Stored<SigningRequest>>();

  constructor(parts: CertificateSignerParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts and nothing is under way any more. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clock, log, onDone } = this.#parts;
    const store = new KubernetesStore({ client, types: [signingRequestType] });
    const queue = new WorkQueue({
      ...{ kind: 'certificate', clock, log, signal, onDone, concurrency, settleMs: 0, paceMs: 0 },
      reconcile: (name) => this.#reconcile(name),
    });
    try {
      const pause = clock.pause.bind(clock);
      const reflected = await reflect(store, signingRequestType.kind, this.#reflection(queue), {
        ...{ log, signal, pause, retryFirstList: true },
      });
      await Promise.all([reflected.ended, queue.ended()]);
    } catch (error) {
      if (!signal.aborted && !passesByItself(error)) throw error;
      await queue.ended();
    } finally {
      await store.close();
    }
  }

  #reflection(queue: WorkQueue): Reflection<SigningRequest> {
    const put = (request: Stored<SigningRequest>): void => {
      const { name } = request.metadata;
      if (isDone(request)) this.#open.delete(name);
      else {
        this.#open.set(name, request);
        queue.revisit(name, 0);
      }
    };
    return {
      replace: (requests) => {
        this.#open.clear();
        for (const request of requests) put(request);
      },
      put,
      remove: ({ metadata }) => void this.#open.delete(metadata.name),
    };
  }

  async #reconcile(name: string): Promise<Result> {
    const request = this.#open.get(name);
    if (request === undefined) return { outcome: 'unchanged' };
    const judgement = judgeRequest(request, this.#parts.account, await this.#askingPod(request));
    if (judgement.type === 'deny') await this.#deny(request, judgement.reason);
    else await this.#sign(request, judgement);
    this.#open.delete(name);
    return { outcome: 'written' };
  }

  async #askingPod(request: SigningRequest): Promise<AskingPod | undefined> {
    const { client, namespace } = this.#parts;
    const token = tokenOf(request);
    if (token === undefined) return undefined;
    const pod = await client.get<PodObject>(objectPath(podType, { namespace, name: token.name }));
    return pod && { uid: pod.metadata.uid, node: pod.spec.nodeName };
  }

  async #deny(request: Stored<SigningRequest>, message: string): Promise<void> {
    const { log } = this.#parts;
    const { username } = request.spec;
    log.warn({ request: request.metadata.name, username, why: message }, 'a certificate was asked for, and denied');
    await this.#decide(request, { type: 'Denied', status: 'True', reason: 'NotADaemon', message });
  }

  /** Approved first, in a write of its own, as every signer wants it: whoever was stopped between the two goes on here. */
  async #sign(request: Stored<SigningRequest>, { node, publicKey }: Judgement & { type: 'sign' }): Promise<void> {
    const { client, authority, clock, log } = this.#parts;
    const message = `the token is of a Pod of ipam-daemon on node "${node}"`;
    const approved =
      conditionOf(request, 'Approved') === undefined
        ? await this.#decide(request, { type: 'Approved', status: 'True', reason: 'DaemonOfNode', message })
        : request;
    const pair = await authority.read();
    const cert = issue({
      authority: pair,
      subject: { name: node, organization: organizationOf('node') },
      // Nothing that a node says of itself: who calls by an address names the node beside it.
      hosts: [node],
      uses: ['server', 'client'],
      key: publicKey,
      now: clock.now(),
      lifetimeMs,
    });
    const certificate = Buffer.from(`${cert}${pair.cert}`).toString('base64');
    const path = objectPath(signingRequestType, { name: request.metadata.name });
    await client.replace(`${path}/status`, { ...approved, status: { ...approved.status, certificate } });
    log.info({ request: request.metadata.name, node }, 'signed a certificate of a daemon');
  }

  #decide(request: Stored<SigningRequest>, condition: SigningCondition): Promise<Stored<SigningRequest>> {
    const { client } = this.#parts;
    const path = objectPath(signingRequestType, { name: request.metadata.name });
    const conditions = [...(request.status?.conditions ?? []), condition];
    return client.replace(`${path}/approval`, { ...request, status: { ...request.status, conditions } });
  }
}

function isDone(request: Stored<SigningRequest>): boolean {
  const isRefused = conditionOf(request, 'Denied') !== undefined || conditionOf(request, 'Failed') !== undefined;
  return isRefused || (request.status?.certificate ?? '') !== '';
}
