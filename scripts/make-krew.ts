/**
 * `make krew`: the manifest by which krew, kubectl's own package manager, installs ipam-cli as the plugin "berth".
 * usage: make-krew.ts MANIFEST VERSION URL ARCHIVE…, each archive named …_linux_ARCHITECTURE.tar.gz
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stringify } from 'yaml';

const [manifest = '', version = '', url = '', ...archives] = process.argv.slice(2);
if (archives.length === 0) throw new Error('usage: make-krew.ts MANIFEST VERSION URL ARCHIVE…');
writeFileSync(
  manifest,
  stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'berth' },
    spec: {
      version: `v${version}`,
      shortDescription: 'Show and change who has which IP address',
      description:
        'Asks the daemons of Berth, an IPAM for Kubernetes: pools, blocks and addresses, who holds or held one, why, and until when; and changes them.',
      caveats:
        'It asks a daemon, not the API server: name one with --daemon HOST:2114, or IPAM_DAEMON, and show a certificate (--cert, --key).',
      platforms: archives.map((archive) => ({
        selector: { matchLabels: { os: 'linux', arch: /_linux_(\w+)\.tar\.gz$/.exec(archive)?.[1] } },
        uri: `${url.replace(/\/$/, '')}/${basename(archive)}`,
        sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
        bin: 'kubectl-berth',
      })),
    },
  }),
);
process.stdout.write(`${manifest}\n`);
