import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { dialects } from '../src/dialects/dialects.ts';

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const deploy = join(root, 'deploy');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
const readAll = <T>(path: string): readonly T[] =>
  parseAllDocuments(readFileSync(join(root, path), 'utf8')).map((document) => document.toJS() as T);
const kustomizations = ['deploy', 'deploy/uninstall'];
/** Applied by hand: older Kubernetes does not know its API. */
const onDemand = ['disruption-budget.yaml', 'node-policy.yaml', 'pod-webhook.yaml'];

describe('the kustomization in deploy/', () => {
  it('has every manifest of its folders', () => {
    const { resources } = read('deploy/kustomization.yaml') as Kustomization;
    const folders = new Set(resources.map((path) => dirname(path)));
    const present = [...folders].flatMap((folder) =>
      readdirSync(join(deploy, folder))
        .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml' && !onDemand.includes(file))
        .map((file) => join(folder, file)),
    );
    expect([...resources].sort()).toEqual(present.sort());
  });

  it.each(kustomizations)('runs the image of this version: %s', (folder) => {
    const { version } = read('package.json') as { readonly version: string };
    expect((read(`${folder}/kustomization.yaml`) as Kustomization).images).toEqual([
      { name: 'berth', newTag: version },
    ]);
  });

  it.each(['examples/recover.yaml', 'cilium/controller.yaml'])(
    'is followed by %s, which names the image itself',
    (path) => {
      const { images } = read('deploy/kustomization.yaml') as Kustomization;
      const text = readFileSync(join(deploy, path), 'utf8');
      expect(text).toContain(`image: ${images[0]?.name}:${images[0]?.newTag}\n`);
    },
  );
});

interface Configuration {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly { readonly matchConditions?: readonly { readonly expression: string }[] }[];
}

interface Role {
  readonly kind: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

describe('the webhook', () => {
  const configurations = ['deploy/webhook/configurations.yaml', 'deploy/pod-webhook.yaml'].flatMap((path) =>
    readAll<Configuration>(path),
  );

  it('may write the configurations that there are, and no others', () => {
    const allowed = readAll<Role>('deploy/rbac/webhook.yaml')
      .filter(({ kind }) => kind === 'ClusterRole')
      .flatMap(({ rules }) => rules)
      .filter(({ apiGroups }) => apiGroups.includes('admissionregistration.k8s.io'))
      .flatMap(({ resources, resourceNames = ['any'], verbs }) =>
        resources.flatMap((resource) => resourceNames.map((name) => `${verbs} ${resource} ${name}`)),
      );
    const needed = configurations.map(({ kind, metadata }) => `get,update ${kind.toLowerCase()}s ${metadata.name}`);
    expect(allowed.toSorted()).toEqual(needed.toSorted());
  });

  it('is asked about Pods that have an annotation which fixes an address, whatever its dialect', () => {
    const expressions = configurations.flatMap(({ webhooks }) =>
      webhooks.flatMap(({ matchConditions = [] }) => matchConditions.map(({ expression }) => expression)),
    );
    const named = expressions.flatMap((text) =>
      [...text.matchAll(/'([^']+)'\s+in\s+object\.metadata\.annotations/g)].map(([, name]) => name),
    );
    const fixing = dialects.flatMap(({ annotations }) => annotations?.fixedAddresses?.names ?? []);
    expect(fixing).not.toEqual([]);
    expect(named.toSorted()).toEqual(fixing.toSorted());
  });
});
