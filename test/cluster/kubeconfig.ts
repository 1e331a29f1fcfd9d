import { renameSync, writeFileSync } from 'node:fs';

export interface KubeconfigFacts {
  readonly url: string;
  /** Path of the authority's PEM file. */
  readonly caFile: string;
  readonly user: string;
  readonly token: string;
}

/** Writes a kubeconfig file for one user of one API server. JSON is YAML, too. */
export function writeKubeconfig(path: string, { url, caFile, user, token }: KubeconfigFacts): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
  };
  // Whoever has the path may be reading right now.
  writeFileSync(`${path}.new`, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}
