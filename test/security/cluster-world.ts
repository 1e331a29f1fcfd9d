import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { contract } from '../../src/api/proto.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import type { Pair } from '../../src/tls/issue.ts';
import { type ClusterMember, MemberCluster } from '../kit/member-cluster.ts';
import { bin } from '../kit/paths.ts';
import { Relay } from '../kit/relay.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { callRaw, type Ended, frame, http2, type Service, tlsOver } from './raw-client.ts';

export const memberNames = ['ipam-1', 'ipam-2', 'ipam-3'] as const;
export const agentNames = ['ipam-4', 'ipam-5'] as const;
const machineNames = [...memberNames, ...agentNames];
const ports = [7000, 7001, 9090] as const;
const sharedPool = `apiVersion: spiderpool.spidernet.io/v2beta1
kind: SpiderIPPool
metadata: {name: shared}
spec: {subnet: 10.60.0.0/16}
`;

interface AuditLine {
  readonly audit: string;
  readonly code?: string;
  readonly caller?: { readonly address?: string; readonly name?: string; readonly role?: string };
}

/** Three members and two agents on machines of their own, with certificates of `ipam-cli certs`, and an attacker's. */
export class ClusterWorld {
  readonly cluster = new MemberCluster({ args: ['--grpc-addr=0.0.0.0:9090'] });
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-cluster-security-'));
  readonly pki = join(this.directory, 'pki');
  /** Of an authority of the same name that nobody here trusts. */
  readonly otherPki = join(this.directory, 'other');
  #relay: Relay | undefined;
  #attacker: ClusterMember | undefined;
  #containers = 0;

  /** Starts all of them with the commands of docs/cluster.md. */
  async start(): Promise<void> {
    await this.cluster.open();
    for (const pki of [this.pki, this.otherPki]) await certs('init', '--dir', pki);
    for (const [index, name] of machineNames.entries()) {
      const role = index < memberNames.length ? 'member' : 'node';
      await certs('issue', role, name, '--ip', `10.77.0.${index + 1}`, '--dir', this.pki);
    }
    await certs('issue', 'member', 'ipam-9', '--ip', '10.77.0.6', '--dir', this.otherPki);
    await certs('issue', 'admin', 'alice', '--dir', this.pki);
    const commands = [
      ['--bind-addr=0.0.0.0:7000', '--bootstrap'],
      ['--bind-addr=0.0.0.0:7000', '--join=ipam-1:7000'],
      ['--bind-addr=0.0.0.0:7000', '--join=ipam-1:7000'],
      ['--agent', '--join=ipam-1:7000,ipam-2:7000'],
      ['--agent', '--join=ipam-2:7000,ipam-3:7000'],
    ];
    for (const [index, name] of machineNames.entries()) {
      await this.cluster.machine(name, commands[index] ?? []);
      this.deliver(name);
    }
    this.#attacker = await this.cluster.machine('ipam-6', []);
    for (const name of memberNames) this.cluster.get(name).daemon.spawn();
    for (const name of memberNames) await this.cluster.get(name).daemon.ready();
    await this.cluster.voters(3);
    const manifest = join(this.directory, 'shared.yaml');
    writeFileSync(manifest, sharedPool);
    const { exit, stderr } = await this.cluster.get('ipam-1').daemon.cli('apply', '-f', manifest);
    if (exit !== 0) throw new Error(stderr);
    await Promise.all(agentNames.map((name) => this.cluster.get(name).daemon.start()));
  }

  async remove(): Promise<void> {
    await this.#relay?.close();
    await this.cluster.close();
    rmSync(this.directory, { recursive: true });
  }

  /** Puts what `ipam-cli certs` made for a machine where its daemon looks, one file after the other. */
  deliver(name: string, ...files: readonly string[]): void {
    const to = join(this.cluster.get(name).daemon.dataDir, 'pki');
    for (const file of files.length > 0 ? files : ['ca.crt', 'tls.key', 'tls.crt']) {
      cpSync(join(this.pki, name, file), join(to, file));
    }
  }

  /** Replaces the authorities that a machine trusts. */
  trust(name: string, ...pkis: readonly string[]): void {
    const file = join(this.cluster.get(name).daemon.dataDir, 'pki', 'ca.crt');
    writeFileSync(`${file}.new`, pkis.map((pki) => readFileSync(join(pki, 'ca.crt'), 'utf8')).join(''));
    renameSync(`${file}.new`, file);
  }

  card(name: string, pki = this.pki): Pair {
    const read = (file: string): string => readFileSync(join(pki, name, file), 'utf8');
    return { cert: read('tls.crt'), key: read('tls.key') };
  }

  /** A TCP connection from the attacker's machine. */
  async tcp(member: string, port: (typeof ports)[number]) {
    const address = (name: string): string => this.cluster.get(name).address;
    const targets = memberNames.flatMap((name) => ports.map((one) => `${address(name)}:${one}`));
    this.#relay ??= new Relay(this.#attackerMachine.namespace, targets);
    return this.#relay.connect(`${address(member)}:${port}`);
  }

  /** A gRPC call from the attacker's machine. */
  async call(
    member: string,
    port: (typeof ports)[number],
    card: Pair | undefined,
    [service, method, request]: readonly [Service, string, object],
  ): Promise<Ended> {
    const session = http2(await tlsOver(await this.tcp(member, port), card));
    try {
      return await callRaw(session, `/ipam.${service}/${method}`, frame(service, method, request));
    } finally {
      session.destroy();
    }
  }

  get #attackerMachine(): ClusterMember {
    if (this.#attacker === undefined) throw new Error('no attacker yet');
    return this.#attacker;
  }

  /** An address for a container of this machine, of a block or of the pool that all share. */
  async allocate(name: string, pool: '' | 'shared'): Promise<string> {
    this.#containers += 1;
    const client = new contract.IPAM(`unix:${this.cluster.get(name).daemon.socket}`, credentials.createInsecure());
    const request = {
      node_id: name,
      container_id: `container-${this.#containers}`,
      pools: pool === '' ? [] : [pool],
    };
    try {
      return await new Promise((resolve, reject) => {
        client.AllocateIP(request, { deadline: Date.now() + 20_000 }, (error, answer) => {
          if (error === null) resolve(answer?.ip ?? '');
          else reject(error);
        });
      });
    } finally {
      client.close();
    }
  }

  /** Allocates on these machines, one address after the other, until it is told to stop. @returns what ends it: how many, and what failed */
  traffic(
    ...names: readonly string[]
  ): () => Promise<{ readonly count: number; readonly failures: readonly string[] }> {
    const failures: string[] = [];
    let count = 0;
    let stopped = false;
    const loops = names.map(async (name) => {
      while (!stopped) {
        try {
          await this.allocate(name, count % 2 === 0 ? 'shared' : '');
          count += 1;
        } catch (error) {
          failures.push(`${name}: ${(error as Error).message}`);
        }
        await pause(20);
      }
    });
    return async () => {
      stopped = true;
      await Promise.all(loops);
      return { count, failures };
    };
  }

  /** The certificate that a member shows on a port. */
  async shown(member: string, port: (typeof ports)[number], card: Pair): Promise<string | undefined> {
    const stream = await tlsOver(await this.tcp(member, port), card, { ALPNProtocols: ['http/1.1'] });
    const serial = stream.getPeerX509Certificate()?.serialNumber;
    stream.destroy();
    return serial;
  }

  /** An object of the cluster's state. @param node whose; empty: anybody's */
  async stored<Spec>(kind: string, node: string): Promise<Stored<Resource<string, Spec>>> {
    const client = new contract.Resources(
      `unix:${this.cluster.get('ipam-1').daemon.socket}`,
      credentials.createInsecure(),
    );
    try {
      const objects = await new Promise<readonly string[]>((resolve, reject) => {
        client.List({ kind }, (error, answer) => (error === null ? resolve(answer?.json ?? []) : reject(error)));
      });
      const found = objects
        .map((json) => JSON.parse(json) as Stored<Resource<string, Spec>>)
        .find(({ spec }) => node === '' || (spec as { readonly node?: string }).node === node);
      if (found === undefined) throw new Error(`no ${kind} of ${node}`);
      return found;
    } finally {
      client.close();
    }
  }

  /** Lines of audit of a machine about a caller. */
  audited(name: string, caller: { readonly name?: string; readonly address?: string }): readonly AuditLine[] {
    return (
      this.cluster
        .get(name)
        .daemon.log.split('\n')
        // The last line may be half-written.
        .slice(0, -1)
        .filter((line) => line.includes('"audit":"'))
        .map((line) => JSON.parse(line) as AuditLine)
        .filter((line) =>
          Object.entries(caller).every(([key, value]) => line.caller?.[key as 'name' | 'address'] === value),
        )
    );
  }

  /** Waits for a line about somebody from the attacker's machine. @param from how many lines were there before */
  async waitForAudit(name: string, code: string, from = 0): Promise<void> {
    await waitFor(`a line of audit of ${name} with ${code}`, () =>
      this.refusals(name)
        .slice(from)
        .some((line) => line.code === code)
        ? true
        : undefined,
    );
  }

  refusals(name: string): readonly AuditLine[] {
    return this.audited(name, { address: this.#attackerMachine.address });
  }
}

export async function certs(...args: readonly string[]): Promise<void> {
  await must(join(bin, 'ipam-cli'), ['certs', ...args]);
}
