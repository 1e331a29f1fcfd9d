import { badManifests, heldAddresses, presentManifests } from './bad-manifests.ts';
import { cell, code } from './markdown.ts';

/** docs/manifests.md. */
export function manifestsPage(): string {
  const rows = badManifests.map(({ what, manifest, says, advice = '' }) => {
    const spec = manifest
      .split('\n')
      .filter((line) => !line.startsWith('apiVersion: spiderpool.spidernet.io/v2beta1'))
      .map((line) => code(line));
    const shown = spec.join('<br>');
    return `| ${cell(what)} | ${shown} | ${cell(says)}${advice === '' ? '' : `<br>*${cell(advice)}*`} |`;
  });
  return `# Manifests that are refused

\`ipam-cli apply\`, the API and the admission webhook ask the same rules (\`src/resources/rules\`), and all that is
wrong with a resource is said at once. Written by \`make generate\` from \`test/bad-input/bad-*.ts\`, which
the tests try as well. The advice is in italics; \`ipam-cli\` prints it as a hint.

Each was tried where these are, and Pods hold ${heldAddresses.join(' and ')} of pool \`blue\`:

\`\`\`yaml
${presentManifests.trimEnd()}
\`\`\`

| what | manifest | message |
|---|---|---|
${rows.join('\n')}
`;
}
