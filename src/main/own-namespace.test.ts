import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { namespaceFile } from './own-namespace.ts';

interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly volumeMounts: readonly { name: string; mountPath: string }[] }[];
        readonly volumes: readonly {
          readonly name: string;
          readonly projected?: { readonly sources: readonly object[] };
        }[];
      };
    };
  };
}

describe('the namespace that a daemon is installed in', () => {
  it('is told to it where it looks, since it mounts its service account by itself', () => {
    const { containers, volumes } = (parse(readFileSync('deploy/daemon.yaml', 'utf8')) as Workload).spec.template.spec;
    const mount = containers[0]?.volumeMounts.find(({ mountPath }) => namespaceFile === `${mountPath}/namespace`);
    const volume = volumes.find(({ name }) => name === mount?.name);
    expect(volume?.projected?.sources).toContainEqual({
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    });
  });
});
