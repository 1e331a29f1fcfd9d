import { join } from 'node:path';
import { root } from '../kit/paths.ts';
import { type Finished, must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { clearNodes } from '../walkthrough/kubernetes.ts';
import { Cluster } from './cluster.ts';
import type { Pod } from './pod.ts';

export const deploy = join(root, 'deploy');
/** Our executables on a node. */
export const executables = ['ipam-plugin', 'ipam-cni', 'spiderpool', 'kube-ipam'];
export const slowMs = 300_000;

/** A cluster for `kubectl apply -k deploy`: the image is made, and nothing of ours is on its nodes. */
export class DeployCluster extends Cluster {
  override async start(): Promise<void> {
    // Two files may want it at once.
    const image = must('flock', [join(root, 'build/main'), 'make', '--directory', root, 'image']);
    await Promise.all([image, super.start()]);
    await clearNodes(this);
  }

  async claimNames(): Promise<readonly string[]> {
    const list = await this.controlPlane.get<{ items: Pod[] }>('/apis/berth.network/v1alpha1/ipclaims');
    return (list?.items ?? []).map(({ metadata }) => metadata.name).sort();
  }

  async claimsGone(): Promise<void> {
    const areGone = async (): Promise<true | undefined> => (await this.claimNames()).length === 0 || undefined;
    await waitFor('the claims to go', areGone, slowMs, 200);
  }

  rolledOut(what: string, namespace = 'berth-system'): Promise<string> {
    const wait = [`--timeout=${slowMs / 1_000}s`, '--namespace', namespace];
    return this.explained(() => this.kubectl('rollout', 'status', what, ...wait));
  }

  /** Where a rollout gets stuck, the Pods and their events say why. */
  async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const wide = await this.kubectl('get', 'pods', '--all-namespaces', '-o', 'wide');
      throw new Error(`${error}\n${wide}\n${await this.events('berth-system')}`);
    }
  }

  /**
   * `kubectl delete -k`; whatever is left says what it waits for. The namespace goes first, and takes with it what kubectl is about to
   * delete: on a slow machine that is not there any more when its turn comes.
   */
  async remove(kustomization: string): Promise<void> {
    const { exit, stdout, stderr } = await this.controlPlane.tryKubectl(
      ...['delete', '-k', kustomization, '--ignore-not-found', `--timeout=${slowMs / 1_000}s`],
    );
    if (exit === 0) return;
    const left = await this.kubectl('get', 'namespaces,crds', '-o', 'yaml');
    const wide = await this.kubectl('get', 'pods', '--all-namespaces', '-o', 'wide');
    throw new Error(`${stderr}${stdout}\n${wide}\n${left}`);
  }

  /** What `ipam-cli` says in the daemon's Pod of a node. */
  async cli(node: string, ...args: string[]): Promise<Finished> {
    const [name = ''] = (await this.#daemonOn(node)).trim().split('\n');
    return this.controlPlane.tryKubectl('exec', '--namespace', 'berth-system', name, '--', 'ipam-cli', ...args);
  }

  /** The same as JSON; who calls knows its type. */
  // biome-ignore lint/suspicious/noExplicitAny: as JSON.parse has it
  async json(node: string, ...args: string[]): Promise<{ readonly exit: number | null; readonly data: any }> {
    const { exit, stdout, stderr } = await this.cli(node, ...args, '-o', 'json');
    try {
      return { exit, data: JSON.parse(stdout) };
    } catch {
      throw new Error(`${args.join(' ')} on ${node}: ${exit} ${stdout} ${stderr}`);
    }
  }

  /** Certificates come a moment after a daemon. */
  async untilAllCheck(node: string): Promise<void> {
    let said = '';
    await waitFor(
      'every daemon to have checked itself',
      async () => {
        const { exit, stdout, stderr } = await this.cli(node, 'check');
        said = `${exit} ${stdout} ${stderr}`;
        return (exit === 0 && stdout.includes('2 daemons: ')) || undefined;
      },
      60_000,
      500,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${said}`, { cause: error });
    });
  }

  /** Has the DaemonSet run no daemon on a node. */
  async keepOff(node: string): Promise<void> {
    const expressions = [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] }];
    const terms = { nodeSelectorTerms: [{ matchExpressions: expressions }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
    // Which of them are away at once is of no account here: both may.
    const updateStrategy = { rollingUpdate: { maxUnavailable: '100%' } };
    const patch = JSON.stringify({ spec: { updateStrategy, template: { spec: { affinity } } } });
    await this.kubectl('patch', 'daemonset', 'ipam-daemon', '--namespace', 'berth-system', '--patch', patch);
    await this.rolledOut('daemonset/ipam-daemon');
    if (node === 'nobody') return;
    const isGone = async (): Promise<true | undefined> => (await this.#daemonOn(node)) === '' || undefined;
    await waitFor('its daemon to go', isGone, slowMs, 500);
  }

  #daemonOn(node: string): Promise<string> {
    const daemon = ['-l', 'app.kubernetes.io/component=ipam-daemon', '--field-selector', `spec.nodeName=${node}`];
    return this.kubectl('get', 'pod', '--namespace', 'berth-system', ...daemon, '-o', 'name');
  }
}

/** API servers learn a moment later whom to trust; until then they refuse everything. */
export async function waitForWebhook(write: () => Promise<void>): Promise<void> {
  const attempt = async (): Promise<{ readonly error: unknown } | undefined> => {
    const error = await write().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return String(error).includes('failed calling webhook') ? undefined : { error };
  };
  const refused = await waitFor('the API server to trust the webhook', attempt);
  if (refused.error !== undefined) throw refused.error;
}
