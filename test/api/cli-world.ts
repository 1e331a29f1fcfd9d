import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProcess } from '../kit/daemon-process.ts';

/** A daemon and a folder, for what `ipam-cli` is asked to do with files. */
export class CliWorld {
  readonly daemon = new DaemonProcess({ clusterCidr: '10.244.0.0/16' });
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-cli-'));

  readonly cli = (...args: string[]) => this.daemon.cli(...args);

  /** @returns the path of a file with this text */
  readonly manifest = (name: string, text: string): string => {
    const file = join(this.directory, name);
    writeFileSync(file, text);
    return file;
  };

  async remove(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    await this.daemon.remove();
  }
}

export function poolText(name: string, spec: object): string {
  return JSON.stringify({
    apiVersion: 'spiderpool.spidernet.io/v2beta1',
    kind: 'SpiderIPPool',
    metadata: { name },
    spec,
  });
}

export const networkOf = (daemonSocket: string) => ({
  cniVersion: '1.0.0',
  name: 'net',
  type: 'ptp',
  ipam: { type: 'ipam-plugin', daemonSocket },
});
