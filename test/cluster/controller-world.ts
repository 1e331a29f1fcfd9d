import { parseAddress } from '../../src/ip/address.ts';
import { addressName } from '../../src/resources/names.ts';
import { waitFor } from '../kit/wait.ts';
import { ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { ControllerProcess, type ControllerProcessOptions } from './controller-process.ts';
import { install } from './installed.ts';

export const spiderpool = '/apis/spiderpool.spidernet.io/v2beta1';
export const claimsPath = '/apis/berth.network/v1alpha1/ipclaims';
const quick = ['--lease-duration', '4s', '--renew-deadline', '3s', '--retry-period', '1s'];

export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly status?: Readonly<Record<string, never>>;
}

/** An API server with our kinds and a namespace `shop`, controllers on it, and what daemons and kubelets would write. */
export class ControllerWorld {
  readonly controlPlane: ControlPlane;
  #started: ControllerProcess[] = [];
  #kubeconfig = '';

  constructor(options: ControlPlaneOptions = {}) {
    this.controlPlane = new ControlPlane(options);
  }

  async open(): Promise<void> {
    await this.controlPlane.start();
    await install(this.controlPlane);
    // Its own account, never admin: what its role lacks, it cannot do here either.
    this.#kubeconfig = await this.controlPlane.kubeconfigFor('berth-system/ipam-controller');
    await this.controlPlane.kubectl('create', 'namespace', 'shop');
  }

  async endControllers(): Promise<void> {
    for (const controller of this.#started) await controller.remove();
    this.#started = [];
  }

  async start(options: Partial<ControllerProcessOptions> = {}): Promise<ControllerProcess> {
    const { args = [], ...more } = options;
    const controller = new ControllerProcess({ kubeconfig: this.#kubeconfig, args: [...quick, ...args], ...more });
    this.#started.push(controller);
    await controller.start();
    return controller;
  }

  leader(controllers: readonly ControllerProcess[]): Promise<ControllerProcess> {
    return waitFor('one of them to lead', async () => {
      for (const controller of controllers) if (await controller.leads()) return controller;
      return undefined;
    });
  }

  /** @returns its uid */
  async addPod(name: string, more: object = {}, node = 'node1'): Promise<string> {
    const { text } = await this.controlPlane.request('POST', '/api/v1/namespaces/shop/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...more },
      spec: { nodeName: node, containers: [{ name: 'main', image: 'none' }] },
    });
    return (JSON.parse(text) as StoredObject).metadata.uid;
  }

  async addClaim(address: string, spec: Readonly<Record<string, string>>): Promise<void> {
    const { status, text } = await this.controlPlane.request('POST', claimsPath, {
      apiVersion: 'berth.network/v1alpha1',
      kind: 'IPClaim',
      metadata: { name: addressName(parseAddress(address)) },
      spec: {
        address,
        node: 'node1',
        daemon: 'node1',
        network: 'net',
        containerId: `c-${address}`,
        ifname: 'eth0',
        podNamespace: 'shop',
        ...spec,
      },
    });
    if (status !== 201) throw new Error(text);
  }

  async remove(path: string): Promise<void> {
    await this.controlPlane.request('DELETE', path);
  }

  counts(name: string, allocated: number): Promise<StoredObject> {
    return waitFor(`pool ${name} to count ${allocated}`, async () => {
      const found = await this.controlPlane.get<StoredObject>(`${spiderpool}/spiderippools/${name}`);
      return found?.status?.allocatedIPCount === allocated ? found : undefined;
    });
  }

  endpointOf(name: string): Promise<StoredObject> {
    return waitFor(`the endpoint of ${name}`, () => this.endpoint(name));
  }

  async noEndpointOf(name: string): Promise<void> {
    const isGone = async (): Promise<true | undefined> => (await this.endpoint(name)) === undefined || undefined;
    await waitFor(`the endpoint of ${name} to go`, isGone);
  }

  endpoint(name: string): Promise<StoredObject | undefined> {
    return this.controlPlane.get<StoredObject>(`${spiderpool}/namespaces/shop/spiderendpoints/${name}`);
  }
}

export function pool(name: string, spec: object): object {
  return { apiVersion: 'spiderpool.spidernet.io/v2beta1', kind: 'SpiderIPPool', metadata: { name }, spec };
}
