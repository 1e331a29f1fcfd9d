import { execFileSync } from 'node:child_process';

export interface EtcdVersion {
  readonly name: string;
  readonly binary: string;
}

/** The etcds to test with: the system's. */
export function etcdVersions(): readonly EtcdVersion[] {
  return [{ name: versionOf('etcd'), binary: 'etcd' }];
}

function versionOf(binary: string): string {
  return /etcd Version: (\S+)/.exec(execFileSync(binary, ['--version'], { encoding: 'utf8' }))?.[1] ?? binary;
}
