import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';

export interface Helm {
  /** `Helm 4`. */
  readonly name: string;
  readonly binary: string;
  /** Why there is none; empty: there is one. */
  readonly missing: string;
}

/** A helm of a major version, which `make helm` fetches. */
export function helm(major: 3 | 4): Helm {
  const args = ['--find', String(major)];
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts/helm.sh'), args, { encoding: 'utf8' });
  return { name: `Helm ${major}`, binary: stdout.trim(), missing: status === 0 ? '' : stderr.trim() };
}
