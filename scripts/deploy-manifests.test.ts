import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const deploy = join(root, 'deploy');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
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

  it('is followed by the example that names the image itself', () => {
    const { images } = read('deploy/kustomization.yaml') as Kustomization;
    const text = readFileSync(join(deploy, 'examples/recover.yaml'), 'utf8');
    expect(text).toContain(`image: ${images[0]?.name}:${images[0]?.newTag}\n`);
  });
});
