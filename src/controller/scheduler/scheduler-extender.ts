import type { ConnectionLimits } from '../../api/connection-limits.ts';
import type { Clock } from '../../platform/clock.ts';
import { isIpamError } from '../../resources/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';
import { GuardedServer, type TrustedCallers } from '../guarded-server.ts';
import type { ClusterState } from '../state.ts';
import type { TlsMaterial, TlsSource } from '../webhook/tls/tls-source.ts';
import { Extender, type ExtenderObserver } from './extender.ts';
import { NodeView } from './node-view.ts';
import { PodView } from './pod-view.ts';
import { parseArguments } from './protocol.ts';

/** Five thousand names are 250 kB. A scheduler that sends whole nodes (10 kB each) can send so many of a thousand. */
const bodyLimit = 16 * 1024 * 1024;
/** A scheduler asks for one Pod after the other; there may be several, and somebody else. */
const underway = { inAll: 8, fromOne: 4, waitMs: 2_000 };
/** How often a certificate in files is looked at, milliseconds. */
const refreshMs = 30_000;

export interface SchedulerExtenderOptions {
  readonly state: ClusterState;
  /** Our own kinds. */
  readonly store: Store;
  /** Nodes, namespaces and Pods. */
  readonly cluster: Store;
  /** Undefined: plain HTTP. */
  readonly tls: TlsSource | undefined;
  readonly callers?: TrustedCallers;
  /** Empty: every address, as `::`. */
  readonly host: string;
  /** Zero: the system chooses. */
  readonly port: number;
  readonly namedPools: readonly string[];
  /** As `NodeViewOptions` has it. */
  readonly torLabel: string | undefined;
  readonly limits?: ConnectionLimits;
  readonly onPipelined?: (address: string) => void;
  readonly observer?: ExtenderObserver;
  readonly log: Log;
  readonly clock: Clock;
}

/** `POST /scheduler/filter` and `POST /scheduler/prioritize`, for a stock kube-scheduler. */
export class SchedulerExtender {
  readonly #options: SchedulerExtenderOptions;
  readonly #nodes: NodeView;
  readonly #pods = new PodView();
  #server: GuardedServer | undefined;

  constructor(options: SchedulerExtenderOptions) {
    this.#options = options;
    this.#nodes = new NodeView(options);
  }

  /**
   * Serves at once, and says that every node will do until the cluster is read: a scheduler would wait for each Pod else.
   * @returns the port @throws IpamError invalid-config: the certificate cannot be read, or it cannot listen there
   */
  async listen(): Promise<number> {
    const { tls, host, port, limits, onPipelined, callers, ...parts } = this.#options;
    const extender = new Extender({ ...parts, nodes: this.#nodes, pods: this.#pods });
    const server = new GuardedServer(
      {
        title: 'the scheduler extender',
        caller: 'scheduler',
        routes: {
          '/scheduler/filter': async (body) => extender.filter(parseArguments(body)),
          '/scheduler/prioritize': async (body) => extender.prioritize(parseArguments(body)),
        },
        bodyLimit,
        underway,
        ...(limits === undefined ? {} : { limits }),
        ...(onPipelined === undefined ? {} : { onPipelined }),
        ...(callers === undefined ? {} : { callers }),
      },
      await tls?.read(),
    );
    this.#server = server;
    return server.listen(host, port);
  }

  /** Follows the cluster and its certificate until the signal aborts. @throws IpamError permission-denied: it may not list what it needs */
  async run(signal: AbortSignal): Promise<void> {
    const { cluster, log, clock } = this.#options;
    try {
      await Promise.all([
        this.#nodes.start(signal),
        this.#pods.start(cluster, { log, clock, signal }),
        this.#keepCertificate(signal),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #keepCertificate(signal: AbortSignal): Promise<void> {
    const { tls, clock, log } = this.#options;
    if (tls === undefined) return;
    let served: TlsMaterial | undefined;
    while (!signal.aborted) {
      await clock.pause(refreshMs, signal);
      try {
        const next = await tls.read();
        if (served !== undefined && next.cert === served.cert && next.key === served.key) continue;
        this.#server?.use(next);
        served = next;
      } catch (error) {
        if (!isIpamError(error)) throw error;
        log.warn({ err: error }, 'cannot read the certificate of the scheduler extender; the former one stays');
      }
    }
  }
}
