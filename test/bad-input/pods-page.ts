import type { BadPod } from './bad-pod.ts';
import { plainNetwork } from './bad-pod.ts';
import { badPods, presentPools } from './bad-pods.ts';
import { cell, code } from './markdown.ts';

/** docs/refused-pods.md. */
export function podsPage(): string {
  const tables = Object.entries(badPods).map(([heading, rows]) => `## ${heading}\n\n${table(rows)}`);
  return `# Pods that get no address

What a Pod, its Namespace or the file of its network says, and what the runtime, \`kubectl describe pod\` (as an Event) and the log of the
daemon say to it. Written by \`make generate\` from \`test/bad-input/bad-*.ts\`, which the tests try as well. The advice is in
italics, in \`details\` of the answer. [How addresses are asked for](pools.md#addresses-that-a-pod-asks-for), [quotas](pools.md#quotas),
[kube-ipam's files](kube-ipam.md); manifests that are refused are [elsewhere](manifests.md).

Each was tried with Pod \`shop/lone\`, where these are, an operator had put 10.6.0.91 in quarantine, Pod \`shop/other\` had 10.6.0.42, and 10.6.0.43
was kept for Deployment \`shop/api\`:

\`\`\`yaml
${presentPools.trimEnd()}
\`\`\`

Where no file is shown the network is \`${plainNetwork}\`.

${tables.join('\n')}`;
}

function table(rows: readonly BadPod[]): string {
  const lines = rows.map((row) => {
    const { what, says, advice = '' } = row;
    return `| ${cell(what)} | ${shown(row)} | ${cell(says)}${advice === '' ? '' : `<br>*${cell(advice)}*`} |\n`;
  });
  return `| what | said | message |\n|---|---|---|\n${lines.join('')}`;
}

function shown({ annotations = {}, namespace = {}, network }: BadPod): string {
  const of = (whose: string, said: object) =>
    Object.entries(said).map(([name, text]) => `${whose}${code(`${name}: ${text}`)}`);
  const file = network === undefined ? [] : network.split('\n').map(code);
  return [...of('', annotations), ...of('Namespace: ', namespace), ...file].join('<br>');
}
