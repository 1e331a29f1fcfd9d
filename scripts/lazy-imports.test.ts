import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
/** What is there at run time: types are not, and `import()` comes later or never. */
const importing = /^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm;

/** Files and packages that are loaded with some files, whatever is set. */
function loadedWith(...files: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const walk = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const [, name = ''] of readFileSync(join(root, file), 'utf8').matchAll(importing)) {
      const path = relative(root, join(root, dirname(file), name));
      if (name.startsWith('.') && existsSync(join(root, path))) walk(path);
      else loaded.add(name);
    }
  };
  for (const file of files) walk(file);
  return loaded;
}

describe('a daemon', () => {
  const loaded = loadedWith('src/main/ipam-daemon.ts', 'src/main/serve.ts');

  it('loads its servers, with what they need', () => {
    for (const file of ['src/daemon/daemon.ts', 'src/api/listener.ts', 'lmdb', 'fastify', '@grpc/grpc-js'])
      expect(loaded).toContain(file);
  });

  it.each([
    ['what makes certificates', 'src/tls/issue.ts'],
    ['the library behind it', '@peculiar/asn1-x509'],
    ['the engine for Kubernetes', 'src/store/kubernetes/kubernetes-store.ts'],
    ['the engine for etcd', 'src/store/etcd/etcd-store.ts'],
    ['what makes it a member', 'src/members/member.ts'],
    ['gRPC reflection', '@grpc/reflection'],
    ['pages for people', 'src/page/site.ts'],
    ['the server of these', 'src/api/page-server.ts'],
    ['what only migration does', 'src/migrate/migration.ts'],
  ])('leaves %s until it is asked for: it is on every node, and memory counts there', (_what, module) => {
    expect(loaded).not.toContain(module);
  });
});
