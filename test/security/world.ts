import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../src/tls/issue.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { waitFor } from '../kit/wait.ts';
import { Pki, writePki } from './pki.ts';
import { callOnce, type Place } from './raw-client.ts';

interface AuditLine {
  readonly audit?: string;
  readonly code?: string;
  readonly caller?: { readonly address?: string; readonly name?: string; readonly role?: string };
}

/** What an attack meets: a daemon with certificates, one without, and a place of its own to come from. */
export class World {
  readonly pki = new Pki();
  /** Another authority of the same name. */
  readonly otherPki = new Pki();
  readonly port: number;
  readonly daemon: DaemonProcess;
  /** Without certificates. */
  readonly plain: DaemonProcess;
  readonly revoked: Pair;
  readonly serverCard: Pair;
  readonly #directory = mkdtempSync(join(tmpdir(), 'berth-security-'));
  readonly #revokedFile = join(this.#directory, 'revoked');
  #places = 0;

  /** @param port free, as is the next one (`freePort`) */
  constructor(port: number) {
    this.port = port;
    this.revoked = this.pki.card('admin', 'mallory');
    this.serverCard = this.pki.node('node1');
    const limits =
      'limits: {callsPerSecond: 200, burst: 400, connections: 40, strangersPerSecond: 5000, streams: 64, messageBytes: 1048576}';
    this.daemon = new DaemonProcess({
      args: ['--grpc-addr', `127.0.0.1:${this.port}`, '--metrics-addr', `127.0.0.1:${this.port + 1}`],
      config: `${limits}\ntls: {revokedFile: ${this.#revokedFile}}\n`,
    });
    this.plain = new DaemonProcess({
      args: ['--grpc-addr', `127.0.0.1:${this.port + 2}`],
      config: `${limits}\n`,
    });
  }

  async start(): Promise<void> {
    writePki(join(this.daemon.dataDir, 'pki'), this.pki, this.serverCard);
    const { serialNumber } = new X509Certificate(this.revoked.cert);
    writeFileSync(this.#revokedFile, `# lost\n${serialNumber.toLowerCase()}\n`);
    await Promise.all([this.daemon.start(), this.plain.start()]);
  }

  async remove(): Promise<void> {
    await Promise.all([this.daemon.remove(), this.plain.remove()]);
    rmSync(this.#directory, { recursive: true });
  }

  /** A source address that nobody has used. */
  place(port = this.port): Place {
    this.#places += 1;
    return { port, from: `127.0.${1 + (this.#places >> 7)}.${1 + (this.#places & 127)}` };
  }

  get plainPlace(): Place {
    return this.place(this.port + 2);
  }

  get httpPlace(): Place {
    return this.place(this.port + 1);
  }

  audited(address: string, daemon = this.daemon): readonly AuditLine[] {
    return (
      daemon.log
        .split('\n')
        // The last line may be half-written.
        .slice(0, -1)
        .filter((line) => line.includes('"audit":"refuse'))
        .map((line) => JSON.parse(line) as AuditLine)
        .filter(({ caller }) => caller?.address === address)
    );
  }

  async waitForAudit(address: string, code: string, daemon = this.daemon): Promise<void> {
    await waitFor(`a line of audit about ${address} with ${code}`, () =>
      this.audited(address, daemon).some((line) => line.code === code) ? true : undefined,
    );
  }

  /** Is a client that does nothing wrong served? @returns the gRPC status, 0 */
  async goodClient(): Promise<number | 'cut'> {
    const { status } = await callOnce(this.place(), this.pki.card('operator', 'alice'), ['IPAM', 'ListPools', {}]);
    return status;
  }
}
