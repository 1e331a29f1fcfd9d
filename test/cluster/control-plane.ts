import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Finished, must, run } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { type ApiAnswer, apiRequest } from './api-request.ts';
import { BackgroundProcess } from './background-process.ts';
import { binaries } from './binaries.ts';
import { type Certificate, certificate } from './certificate.ts';
import type { Ground } from './ground.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { claimGround, clear } from './teardown.ts';

/** The Service network; nothing in it is reachable but its first address, and that from nodes only. */
export const serviceRange = '10.96.0.0/16';
export const kubernetesServiceAddress = '10.96.0.1';

export interface ControlPlaneOptions {
  /** Ground to stand on, for a cluster; else the control plane takes and clears one of its own. */
  readonly ground?: Ground;
  /** Where etcd and the API server listen; by default a loopback address of its own. */
  readonly address?: string;
  /** Users beside admin, with their groups. RBAC says what they may. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** A controller manager will come: without one there are no default service accounts to ask Pods for. */
  readonly hasControllers?: boolean;
  /** More flags for the API server. */
  readonly flags?: readonly string[];
}

export interface BoundPod {
  readonly name: string;
  readonly uid: string;
}

/** etcd and a Kubernetes API server with RBAC: all there is to Kubernetes for who only needs the API. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #tokens: Readonly<Record<string, string>>;
  #ground: Ground | undefined;
  #certificate: Certificate | undefined;
  #etcd: BackgroundProcess | undefined;
  #apiServer: BackgroundProcess | undefined;

  constructor(options: ControlPlaneOptions = {}) {
    this.#options = options;
    const users = ['admin', ...Object.keys(options.users ?? {})];
    this.#tokens = Object.fromEntries(users.map((user) => [user, randomUUID()]));
  }

  /** Its folder, for files of tests as well; removed by stop(). */
  get directory(): string {
    return this.#started(this.#ground).path;
  }

  get ground(): Ground {
    return this.#started(this.#ground);
  }

  get address(): string {
    return this.#options.address ?? this.#started(this.#ground).loopback;
  }

  /** `https://ADDRESS:6443`, the same after each restart. */
  get url(): string {
    return `https://${isIP(this.address) === 6 ? `[${this.address}]` : this.address}:6443`;
  }

  /** The authority of the API server's certificate. */
  get caFile(): string {
    return this.#started(this.#certificate).certFile;
  }

  /** crash(), stop() and start() make outages; the state stays in etcd. */
  get apiServer(): BackgroundProcess {
    return this.#started(this.#apiServer);
  }

  get etcd(): BackgroundProcess {
    return this.#started(this.#etcd);
  }

  /** Starts etcd and the API server and waits until it says that it is ready, and has the namespace default. */
  async start(): Promise<void> {
    const ground = this.#options.ground ?? (await claimGround());
    this.#ground = ground;
    mkdirSync(join(ground.path, 'users'), { recursive: true });
    this.#certificate = await certificate(ground.path, 'kube-apiserver', [
      this.address,
      kubernetesServiceAddress,
      'kubernetes.default.svc',
    ]);
    this.#writeSecrets();
    this.#etcd = this.#makeEtcd(ground);
    this.#apiServer = this.#makeApiServer(ground);
    await this.#etcd.start();
    await this.#apiServer.start();
    // The API server makes it only once it is ready.
    await waitFor('the namespace default', () => this.get('/api/v1/namespaces/default'), 60_000, 50);
  }

  /** Ends both and removes everything, unless it stands on somebody else's ground. */
  async stop(): Promise<void> {
    // No order to keep: nobody will ask for this state again.
    await Promise.all([this.#apiServer?.crash(), this.#etcd?.crash()]);
    if (this.#ground !== undefined && this.#options.ground === undefined) await clear(this.#ground);
    this.#ground = undefined;
  }

  /** Path of a kubeconfig of admin, or of a user given at the start. */
  kubeconfig(user = 'admin'): string {
    this.token(user);
    return join(this.directory, 'users', user.replaceAll(':', '-'));
  }

  token(user = 'admin'): string {
    const token = this.#tokens[user];
    if (token === undefined) throw new Error(`no user ${user}: name it in the options`);
    return token;
  }

  /**
   * Path of a kubeconfig with a fresh token of a service account, given as `namespace/name`; it must exist.
   * @param pod that the token is bound to, as kubelet mounts it
   */
  async kubeconfigFor(serviceAccount: string, pod?: BoundPod): Promise<string> {
    const token = await this.serviceAccountToken(serviceAccount, pod);
    const [namespace, name] = serviceAccount.split('/');
    return writeKubeconfig(join(this.directory, 'users', [namespace, name, ...(pod ? [pod.name] : [])].join('-')), {
      url: this.url,
      caFile: this.caFile,
      user: serviceAccount,
      token,
    });
  }

  /** A token of a service account, given as `namespace/name`, for a day. */
  async serviceAccountToken(serviceAccount: string, pod?: BoundPod): Promise<string> {
    const [namespace, name] = serviceAccount.split('/');
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['https://kubernetes.default.svc'],
        expirationSeconds: 86_400,
        ...(pod === undefined ? {} : { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod } }),
      },
    };
    const { status, text } = await this.request('POST', path, body);
    if (status !== 201) throw new Error(`no token for ${serviceAccount}: ${text}`);
    return (JSON.parse(text) as { status: { token: string } }).status.token;
  }

  /** One request as admin. @throws when there is no answer */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer> {
    const { cert: ca } = this.#started(this.#certificate);
    const more = contentType === undefined ? {} : { contentType };
    return apiRequest({ url: this.url, ca, token: this.token(), method, path, body, ...more });
  }

  /** An object as admin sees it. @returns undefined when there is none; who calls knows its type */
  async get<T>(path: string): Promise<T | undefined> {
    const { status, text } = await this.request('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Runs kubectl as admin; it must succeed. @returns its standard output */
  kubectl(...args: string[]): Promise<string> {
    return must(binaries().path('kubectl'), this.#kubectlArguments(args));
  }

  /** Runs kubectl as admin, whatever comes of it. */
  tryKubectl(...args: string[]): Promise<Finished> {
    return run(binaries().path('kubectl'), this.#kubectlArguments(args));
  }

  /** `kubectl apply`: a manifest as text, or objects. */
  async apply(...manifests: readonly (string | object)[]): Promise<void> {
    // The mark at the start says YAML, of which JSON is a part: kubectl takes one JSON document only.
    const stdin = manifests.map((one) => `---\n${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');
    await must(binaries().path('kubectl'), this.#kubectlArguments(['apply', '-f', '-']), { stdin });
  }

  #kubectlArguments(args: readonly string[]): string[] {
    return ['--kubeconfig', this.kubeconfig(), '--cache-dir', join(this.directory, 'kubectl-cache'), ...args];
  }

  #writeSecrets(): void {
    const groups: Readonly<Record<string, readonly string[]>> = { admin: ['system:masters'], ...this.#options.users };
    const rows = Object.entries(this.#tokens).map(
      ([user, token]) => `${token},${user},${user},"${(groups[user] ?? []).join(',')}"\n`,
    );
    writeFileSync(join(this.directory, 'tokens.csv'), rows.join(''), { mode: 0o600 });
    for (const [user, token] of Object.entries(this.#tokens))
      writeKubeconfig(this.kubeconfig(user), { url: this.url, caFile: this.caFile, user, token });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
    writeFileSync(join(this.directory, 'service-accounts.key'), pem, { mode: 0o600 });
  }

  #makeEtcd(ground: Ground): BackgroundProcess {
    const host = isIP(this.address) === 6 ? `[${this.address}]` : this.address;
    const [client, peer] = [`http://${host}:2379`, `http://${host}:2380`];
    return new BackgroundProcess(ground, {
      name: 'etcd',
      command: [
        binaries().path('etcd'),
        `--data-dir=${join(ground.path, 'etcd')}`,
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
      ],
      isReady: async () => (await fetch(`${client}/health`).catch(() => undefined))?.ok ?? false,
    });
  }

  #makeApiServer(ground: Ground): BackgroundProcess {
    const { certFile, keyFile } = this.#started(this.#certificate);
    const host = isIP(this.address) === 6 ? `[${this.address}]` : this.address;
    const serviceAccountKey = join(ground.path, 'service-accounts.key');
    // Endpoints may not have a loopback address.
    const endpoints = this.address.startsWith('127.') ? ['--endpoint-reconciler-type=none'] : [];
    const admission = this.#options.hasControllers ? [] : ['--disable-admission-plugins=ServiceAccount'];
    return new BackgroundProcess(ground, {
      name: 'kube-apiserver',
      command: [
        binaries().path('kube-apiserver'),
        `--etcd-servers=http://${host}:2379`,
        `--bind-address=${this.address}`,
        `--advertise-address=${this.address}`,
        '--secure-port=6443',
        `--tls-cert-file=${certFile}`,
        `--tls-private-key-file=${keyFile}`,
        `--cert-dir=${ground.path}`,
        `--token-auth-file=${join(ground.path, 'tokens.csv')}`,
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${serviceAccountKey}`,
        `--service-account-signing-key-file=${serviceAccountKey}`,
        `--service-cluster-ip-range=${serviceRange}`,
        '--allow-privileged=true',
        // A stopped API server waits for watches of its clients no longer than this.
        '--shutdown-delay-duration=0s',
        ...endpoints,
        ...admission,
        ...(this.#options.flags ?? []),
      ],
      isReady: async () => (await this.request('GET', '/readyz').catch(() => undefined))?.status === 200,
    });
  }

  #started<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the control plane was not started');
    return value;
  }
}
