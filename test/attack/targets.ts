import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../src/tls/issue.ts';
import { needsControlPlane } from '../cluster/binaries.ts';
import { ControlPlane } from '../cluster/control-plane.ts';
import { ControllerProcess } from '../cluster/controller-process.ts';
import { install } from '../cluster/installed.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { bin } from '../kit/paths.ts';
import { must } from '../kit/run.ts';
import { MemoryGroup } from './memory-group.ts';

/** As deploy/daemon.yaml and deploy/controller.yaml have it, MiB. */
const daemonMiB = 512;
const controllerMiB = 1_024;
/** What most systems give a process at first. */
const descriptors = 1_024;
const pool = `apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: shared}
spec: {subnet: 10.60.0.0/16}
`;

/** A process that is attacked, with the daemon whose ADDs are measured meanwhile. */
export interface Target {
  readonly limitMiB: number;
  readonly isEnforced: boolean;
  readonly pid: number;
  readonly ports: Readonly<Record<string, number>>;
  /** The daemon that serves ADDs beside it, or is it. */
  readonly daemon: DaemonProcess;
  /** A node's certificate, where the target asks for one. */
  readonly card?: Pair;
  /** How it ended; undefined while it runs. */
  readonly end: () => unknown;
  remove(): Promise<void>;
}

/** A daemon as `ipam-daemon` alone starts it: gRPC without certificates, health and metrics, for everybody. */
export async function daemonTarget(): Promise<Target> {
  const group = new MemoryGroup('daemon', daemonMiB);
  const [http, grpc] = [await freePort(), await freePort()];
  const daemon = new DaemonProcess({
    clusterCidr: '10.244.0.0/16',
    args: ['--block-size', '18', '--metrics-addr', `0.0.0.0:${http}`, '--grpc-addr', `0.0.0.0:${grpc}`],
    under: group.under(descriptors),
  });
  await daemon.start();
  return {
    ...{ limitMiB: daemonMiB, isEnforced: group.isEnforced, pid: daemon.pid, ports: { http, grpc }, daemon },
    end: () => daemon.end,
    async remove() {
      await daemon.remove();
      await group.remove();
    },
  };
}

/** The only member of a cluster with certificates, and its etcd, in one group. @param host its address */
export async function memberTarget(host: string): Promise<Target> {
  const group = new MemoryGroup('member', daemonMiB);
  const pki = mkdtempSync(join(tmpdir(), 'berth-attack-pki-'));
  const [http, grpc, raft] = [await freePort(), await freePort(), await freePort()];
  const certs = (...args: string[]) => must(join(bin, 'ipam-cli'), ['certs', ...args, '--dir', pki]);
  await certs('init');
  await certs('issue', 'member', 'node1', '--ip', host);
  await certs('issue', 'node', 'n1', '--ip', host);
  const daemon = new DaemonProcess({
    clusterCidr: '10.244.0.0/16',
    args: [
      ...['--bootstrap', '--bind-addr', `${host}:${raft}`, '--block-size', '18'],
      ...['--metrics-addr', `0.0.0.0:${http}`, '--grpc-addr', `0.0.0.0:${grpc}`],
    ],
    under: group.under(descriptors),
  });
  cpSync(join(pki, 'node1'), join(daemon.dataDir, 'pki'), { recursive: true });
  await daemon.start();
  const manifest = join(pki, 'shared.yaml');
  writeFileSync(manifest, pool);
  await daemon.cli('apply', '-f', manifest);
  const read = (file: string): string => readFileSync(join(pki, 'n1', file), 'utf8');
  return {
    ...{ limitMiB: daemonMiB, isEnforced: group.isEnforced, pid: daemon.pid, ports: { http, grpc, raft }, daemon },
    card: { cert: read('tls.crt'), key: read('tls.key') },
    end: () => daemon.end,
    async remove() {
      await daemon.remove();
      await group.remove();
      rmSync(pki, { recursive: true });
    },
  };
}

/** Why there can be no controller here; empty when there can. */
export const needsForController: string = needsControlPlane();

/** A controller with its webhook and a Kubernetes API server; the daemon beside it has its own store. */
export async function controllerTarget(): Promise<Target> {
  const group = new MemoryGroup('controller', controllerMiB);
  const controlPlane = new ControlPlane();
  await controlPlane.start();
  await install(controlPlane);
  const webhook = await freePort();
  const controller = new ControllerProcess({
    kubeconfig: controlPlane.kubeconfig(),
    args: ['--webhook-addr', `0.0.0.0:${webhook}`],
    host: '0.0.0.0',
    under: group.under(descriptors),
  });
  await controller.start();
  const daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16', args: ['--block-size', '18'] });
  await daemon.start();
  return {
    ...{ limitMiB: controllerMiB, isEnforced: group.isEnforced, pid: controller.pid, daemon },
    ports: { http: controller.port, webhook },
    end: () => controller.end,
    async remove() {
      await controller.remove();
      await daemon.remove();
      await controlPlane.stop();
      await group.remove();
    },
  };
}
