import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { IpamError } from '../../resources/errors.ts';
import { parseWith } from '../../resources/schema.ts';
import { yamlValues } from '../../resources/yaml.ts';
import type { AccessOptions, TextSource } from './access.ts';
import type { ExecCommand } from './exec-credential.ts';

const text = z.string().optional();

const clusterSchema = z.object({
  server: z.url(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': text,
  'proxy-url': text,
});

const execSchema = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
});

const userSchema = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  username: text,
  'auth-provider': z.unknown().optional(),
  exec: execSchema.optional(),
});

const named = { name: z.string() };

const kubeconfigSchema = z.object({
  'current-context': text,
  clusters: z.array(z.object({ ...named, cluster: clusterSchema })),
  users: z.array(z.object({ ...named, user: userSchema })).default([]),
  contexts: z.array(z.object({ ...named, context: z.object({ cluster: z.string(), user: text, namespace: text }) })),
});

type Cluster = z.output<typeof clusterSchema>;
type User = z.output<typeof userSchema>;

/**
 * Access by a kubeconfig file, as kubectl reads it.
 * @param context by default the file's current one
 * @throws IpamError invalid-config, unsupported (proxies, passwords, providers built into kubectl)
 */
export function kubeconfigAccess(path: string, context?: string): AccessOptions {
  const [document] = yamlValues(read(path), path);
  const config = parseWith(kubeconfigSchema, document?.value, path);
  const wanted = context ?? config['current-context'] ?? '';
  const chosen = find(path, 'context', config.contexts, wanted).context;
  const { cluster } = find(path, 'cluster', config.clusters, chosen.cluster);
  const user = chosen.user === undefined ? {} : find(path, 'user', config.users, chosen.user).user;
  refuseUnsupported(path, cluster, user);
  const source = (value: string | undefined, file: string | undefined): TextSource | undefined => {
    if (value !== undefined) return { text: value };
    return file === undefined ? undefined : { file: resolve(dirname(path), file) };
  };
  const decoded = (data: string | undefined): string | undefined =>
    data === undefined ? undefined : Buffer.from(data, 'base64').toString();
  const parts: { readonly [Name in keyof AccessOptions]: AccessOptions[Name] | undefined } = {
    server: cluster.server,
    namespace: chosen.namespace,
    ca: source(decoded(cluster['certificate-authority-data']), cluster['certificate-authority']),
    cert: source(decoded(user['client-certificate-data']), user['client-certificate']),
    key: source(decoded(user['client-key-data']), user['client-key']),
    // The file wins, as in client-go: it is the one that is replaced.
    token: user.tokenFile === undefined ? source(user.token, undefined) : source(undefined, user.tokenFile),
    exec: user.exec === undefined ? undefined : execCommand(path, user.exec),
    serverName: cluster['tls-server-name'],
    insecure: cluster['insecure-skip-tls-verify'],
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as unknown as AccessOptions;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-config', `cannot read the kubeconfig: ${(error as Error).message}`);
  }
}

function find<T extends { readonly name: string }>(path: string, what: string, all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new IpamError('invalid-config', `${path}: no ${what} is named "${name}"`, {
    advice: `there are: ${all.map((one) => one.name).join(', ') || 'none'}`,
  });
}

function refuseUnsupported(path: string, cluster: Cluster, user: User): void {
  const found = [
    ...(cluster['proxy-url'] === undefined ? [] : ['proxy-url']),
    ...(user.username === undefined ? [] : ['username']),
    ...(user['auth-provider'] === undefined ? [] : ['auth-provider']),
  ];
  if (found.length === 0) return;
  throw new IpamError('unsupported', `${path}: ${found.join(', ')} is not supported`, {
    advice: 'use a token, a token file, a client certificate or an exec plugin',
  });
}

/** A relative command with a slash is beside the file; without one it is found by PATH. */
function execCommand(path: string, exec: z.output<typeof execSchema>): ExecCommand {
  return {
    apiVersion: exec.apiVersion,
    command: exec.command.includes('/') ? resolve(dirname(path), exec.command) : exec.command,
    args: exec.args ?? [],
    env: Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
    installHint: exec.installHint ?? '',
  };
}
