import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';

export interface EtcdVersion {
  /** `etcd 3.4.23`; of one that is missing, why. */
  readonly name: string;
  readonly binary: string;
  readonly isMissing: boolean;
}

/** The etcds to test with: the system's, and a newer one. */
export function etcdVersions(): readonly [system: EtcdVersion, newer: EtcdVersion] {
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts/newer-etcd.sh'), ['--find'], { encoding: 'utf8' });
  const newer = stdout.trim();
  const second = status === 0 ? found(newer) : { name: stderr.trim(), binary: '', isMissing: true };
  return [found('etcd'), second];
}

function found(binary: string): EtcdVersion {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  const version = /etcd Version: (\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${binary} does not tell its version`);
  return { name: `etcd ${version}`, binary, isMissing: false };
}
