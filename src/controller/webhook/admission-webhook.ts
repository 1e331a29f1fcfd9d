import { X509Certificate } from 'node:crypto';
import type { ConnectionLimits } from '../../api/connection-limits.ts';
import type { Family } from '../../ip/address.ts';
import type { Readiness } from '../../ipam/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { IpamError } from '../../resources/errors.ts';
import { poolKind } from '../../resources/pool.ts';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import { subnetKind } from '../../resources/subnet.ts';
import type { KubernetesClient } from '../../store/kubernetes/client.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import type { GuardedServer, TrustedCallers } from '../guarded-server.ts';
import type { AdmissionRequest, Verdict } from './admission-review.ts';
import { AdmissionRules } from './admission-rules.ts';
import { admissionServer } from './admission-server.ts';
import { writeOf } from './admitted.ts';
import { CaBundle } from './ca-bundle.ts';
import { completionOf } from './completion.ts';
import { requireDaemonsOwn } from './daemon-account.ts';
import { denial, isRuleDenial } from './denial.ts';
import type { HeldView } from './live-holdings.ts';
import { PendingWrites } from './pending-writes.ts';
import { type PodAdmissionFacts, requireAvailable } from './pod-admission.ts';
import { storedPlans } from './stored-plans.ts';
import type { TlsMaterial, TlsSource } from './tls/tls-source.ts';

export type ReviewOutcome = 'allowed' | 'denied' | 'failed';

/** Told of every review: which webhook, kind, `create`, `update` or `delete`, what came of it, seconds. */
export type ReviewObserver = (
  webhook: 'validate' | 'mutate',
  kind: string,
  operation: string,
  outcome: ReviewOutcome,
  seconds: number,
) => void;

export interface AdmissionWebhookOptions {
  readonly store: Store;
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly tls: TlsSource;
  /** Empty: every address, as `::`. */
  readonly host: string;
  /** Zero: the system chooses. */
  readonly port: number;
  /** Where replicas note the writes that they allowed. */
  readonly namespace: string;
  /** Of the ConfigMap for that; `berth-webhook`. */
  readonly configMapName?: string;
  /** Of both webhook configurations; `berth-webhook`. */
  readonly configurationName?: string;
  /** IP families in use; absent: both. */
  readonly families?: readonly Family[];
  /** Asked where there are too many claims to read them all for one review. */
  readonly view?: HeldView;
  /** What is known when a Pod is about to be made; absent: every Pod may be. */
  readonly pods?: PodAdmissionFacts;
  readonly log: Log;
  readonly clock: Clock;
  readonly onReview?: ReviewObserver;
  /** The user name of the daemons; by default that of `ipam-daemon` in the namespace. */
  readonly daemonAccount?: string;
  /** Who may ask; absent: whoever reaches the port, and is believed little. */
  readonly callers?: TrustedCallers;
  /** Absent: any number of connections. */
  readonly limits?: ConnectionLimits;
  readonly onPipelined?: (address: string) => void;
  /** How often certificates are looked after, milliseconds; half a minute. */
  readonly refreshMs?: number;
  /** How long a review may take, milliseconds; with two seconds before it, sooner than API servers give up (ten seconds). */
  readonly reviewMs?: number;
}

/** What has no value by default. */
type Unset = 'callers' | 'limits' | 'onPipelined' | 'pods';

const podKind = 'Pod';
const firstPauseMs = 1_000;

/**
 * The admission webhook: completes pools, subnets and reservations, and refuses those that break a rule. What cannot be
 * judged is refused as well, with 503 and "try again".
 */
export class AdmissionWebhook {
  readonly #options: Required<Omit<AdmissionWebhookOptions, 'families' | 'view' | Unset>> &
    Pick<AdmissionWebhookOptions, Unset>;
  readonly #rules: AdmissionRules;
  readonly #bundle: CaBundle;
  readonly #ending = new AbortController();
  #server: GuardedServer | undefined;
  #material: TlsMaterial | undefined;
  #problem = 'the webhook has no certificate yet';
  #starting: Promise<void> = Promise.resolve();
  #keeping: Promise<void> = Promise.resolve();
  #port = 0;

  constructor({ families, view, ...options }: AdmissionWebhookOptions) {
    const names = { configMapName: 'berth-webhook', configurationName: 'berth-webhook' };
    const daemonAccount = `system:serviceaccount:${options.namespace}:ipam-daemon`;
    this.#options = { ...names, daemonAccount, onReview: () => {}, refreshMs: 30_000, reviewMs: 7_500, ...options };
    const { client, store, namespace, configMapName, configurationName, clock, log } = this.#options;
    const pending = new PendingWrites({ client, namespace, name: configMapName, clock }, () => storedPlans(store));
    this.#rules = new AdmissionRules({
      store,
      pending,
      ...(view === undefined ? {} : { view }),
      ...(families === undefined ? {} : { families }),
    });
    this.#bundle = new CaBundle({ client, configurationName, log });
  }

  /**
   * Resolves when it serves, or when stop() is called before: without certificates it waits for them.
   * @throws IpamError invalid-config: it cannot listen there
   */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { clock, refreshMs } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted && this.#server === undefined) {
      await this.#attempt();
      if (this.#material === undefined) await clock.pause(firstPauseMs, signal);
      else await this.#listen(this.#material);
    }
    this.#keeping = (async () => {
      while (!signal.aborted) {
        await clock.pause(this.readiness().ready ? refreshMs : firstPauseMs, signal);
        if (!signal.aborted) await this.#attempt();
      }
    })();
  }

  /** Answers what is under way, then ends. */
  async stop(): Promise<void> {
    this.#ending.abort();
    // Who called start() hears why it failed.
    await this.#starting.catch(() => {});
    await this.#keeping;
    await this.#server?.stop();
  }

  /** For /readyz: does it serve, with a certificate that API servers were told to trust? */
  readiness(): Readiness {
    return { ready: this.#server !== undefined && this.#problem === '', reason: this.#problem };
  }

  /** When the certificate that it serves expires, milliseconds since 1970; undefined: it has none yet. */
  get certificateExpires(): number | undefined {
    return this.#material && new X509Certificate(this.#material.cert).validToDate.getTime();
  }

  /** Where it listens. */
  get port(): number {
    return this.#port;
  }

  /** Looks after the certificates once; a new one is served at once. @throws IpamError */
  async refresh(): Promise<void> {
    const next = await this.#options.tls.read();
    const isNew = next.cert !== this.#material?.cert || next.key !== this.#material.key;
    this.#material = next;
    if (isNew && this.#server !== undefined) {
      this.#server.use(next);
      this.#options.log.info({}, 'the webhook serves a new certificate');
    }
    await this.#bundle.publish(next.caBundle);
    this.#problem = '';
  }

  async #listen(material: TlsMaterial): Promise<void> {
    const { limits, onPipelined } = this.#options;
    const server = admissionServer(
      {
        ...(limits === undefined ? {} : { limits }),
        ...(onPipelined === undefined ? {} : { onPipelined }),
        validate: (request) => this.#answer('validate', request, (signal) => this.#validate(request, signal)),
        mutate: (request) => this.#answer('mutate', request, () => this.#mutate(request)),
      },
      material,
      this.#options.callers,
    );
    this.#port = await server.listen(this.#options.host, this.#options.port);
    this.#server = server;
  }

  /** Later failures do not take it out of service: what it serves is good for weeks. */
  async #attempt(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (!(error instanceof IpamError)) throw error;
      if (this.#problem !== '') this.#problem = `the webhook's certificate: ${error.message}`;
      this.#options.log.warn({ err: error }, "cannot look after the webhook's certificates; trying again");
    }
  }

  async #validate(request: AdmissionRequest, signal: AbortSignal): Promise<Verdict> {
    if (isNewPod(request)) return this.#validatePod(request);
    const write = writeOf(request);
    // Of subresources only `status` exists, and controllers write it: RBAC is what guards it.
    if (write === undefined || (request.subResource ?? '') !== '') return { allowed: true };
    requireDaemonsOwn(request, write, this.#options.daemonAccount);
    const asker = { isTrial: request.dryRun ?? false, isProven: this.#options.callers !== undefined };
    return { allowed: true, warnings: await this.#rules.require(write, asker, signal) };
  }

  #validatePod({ object }: AdmissionRequest): Verdict {
    const { pods } = this.#options;
    if (pods !== undefined) requireAvailable(object, pods);
    return { allowed: true };
  }

  async #mutate(request: AdmissionRequest): Promise<Verdict> {
    if ((request.subResource ?? '') !== '') return { allowed: true };
    // Only pools have something from their subnet.
    const subnets = request.kind.kind === poolKind ? (await this.#options.store.list(subnetKind)).items : [];
    return { allowed: true, ...completionOf(request, subnets) };
  }

  async #answer(
    webhook: 'validate' | 'mutate',
    request: AdmissionRequest,
    judge: (signal: AbortSignal) => Promise<Verdict>,
  ): Promise<Verdict> {
    const { onReview, log, reviewMs, clock } = this.#options;
    const start = performance.now();
    const verdict = await inTime(judge, reviewMs, clock).catch((error: unknown): Verdict => {
      const status = denial(error);
      const facts = { kind: request.kind.kind, name: request.name, operation: request.operation };
      const by = { user: request.userInfo?.username, dryRun: request.dryRun ?? false };
      if (isRuleDenial(status)) log.info({ ...facts, ...by, why: status.message }, 'refused a write');
      else log.error({ ...facts, ...by, err: error }, 'could not judge a write, and refused it');
      return { allowed: false, status };
    });
    const outcome = verdict.allowed ? 'allowed' : isRuleDenial(verdict.status) ? 'denied' : 'failed';
    const operation = request.operation.toLowerCase();
    onReview(webhook, kindLabel(request.kind.kind), operation, outcome, (performance.now() - start) / 1000);
    return verdict;
  }
}

function isNewPod({ kind, operation, subResource = '' }: AdmissionRequest): boolean {
  return kind.group === '' && kind.kind === podKind && operation === 'CREATE' && subResource === '';
}

/** Whatever else a review says that it is about makes no figure of its own. */
function kindLabel(kind: string): string {
  return kind === podKind || kind === poolKind || kind === subnetKind || kind === reservedIPKind ? kind : 'other';
}

/** @throws IpamError not-ready when it takes longer; its signal aborts then */
async function inTime<T>(work: (signal: AbortSignal) => Promise<T>, ms: number, clock: Clock): Promise<T> {
  const [late, done] = [new AbortController(), new AbortController()];
  const timeout = clock.pause(ms, done.signal).then((): never => {
    late.abort();
    throw new IpamError('not-ready', 'the API server did not answer the webhook in time', { advice: 'try again' });
  });
  try {
    return await Promise.race([work(late.signal), timeout]);
  } finally {
    timeout.catch(() => {});
    done.abort();
  }
}
