/**
 * `make deb`: turns what `make install` put into a folder into a Debian package.
 * usage: make-deb.ts ROOT ARCHIVE VERSION ARCHITECTURE
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const checkout = join(import.meta.dirname, '..');
/** Whoever gives it to others says where to write to. */
const maintainer = process.env.DEB_MAINTAINER ?? 'The Berth authors <berth@localhost>';

/** Files of the checkout, and where they are on a Debian. What is below etc is its administrator's once it is there. */
const files: readonly (readonly [source: string, target: string])[] = [
  ['deploy/debian/daemon.yaml', 'etc/ipam/daemon.yaml'],
  ['deploy/debian/ipam-daemon.default', 'etc/default/ipam-daemon'],
  ['deploy/debian/logrotate', 'etc/logrotate.d/berth'],
  ['deploy/debian/README.Debian', 'usr/share/doc/berth/README.Debian'],
  ['deploy/debian/copyright', 'usr/share/doc/berth/copyright'],
  ['deploy/debian/lintian-overrides', 'usr/share/lintian/overrides/berth'],
  ['configs/daemon.yaml', 'usr/share/doc/berth/examples/daemon.yaml'],
  ['configs/pools.yaml', 'usr/share/doc/berth/examples/pools.yaml'],
];

const scripts = ['postinst', 'prerm', 'postrm'] as const;

interface DebContents {
  /** What `make install` made with PREFIX=/usr. It is changed. */
  readonly root: string;
  readonly archive: string;
  readonly version: string;
  /** As dpkg calls it: amd64, arm64. */
  readonly architecture: string;
  /** For dpkg-deb: xz, or what is faster. */
  readonly compression: string;
}

function makeDeb({ root, archive, version, architecture, compression }: DebContents): void {
  for (const [source, target] of files) install(join(checkout, source), join(root, target));
  const changelog = `berth (${version}) stable; urgency=medium\n\n  * What is new: NEWS.gz beside this file.\n\n -- ${maintainer}  ${date()}\n`;
  const doc = join(root, 'usr/share/doc/berth');
  writeFileSync(join(doc, 'changelog.gz'), zipped(Buffer.from(changelog)));
  writeFileSync(join(doc, 'NEWS.gz'), zipped(readFileSync(join(checkout, 'CHANGELOG.md'))));
  zipPages(join(root, 'usr/share/man'));
  // The postinst takes this name where it is free: dpkg itself would put it over another program's.
  rmSync(join(root, 'opt/cni/bin/kube-ipam'), { force: true });
  link(join(root, 'opt/cni/bin'), 'ipam-plugin', ['ipam-cni', 'cni-plugin']);

  const control = join(root, 'DEBIAN');
  mkdirSync(control, { recursive: true });
  const shipped = filesBelow(root).filter((path) => !path.startsWith('DEBIAN/'));
  const kibibytes = shipped.reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0);
  writeFileSync(join(control, 'control'), controlFile(version, architecture, kibibytes));
  writeFileSync(join(control, 'conffiles'), conffiles.map((path) => `${path}\n`).join(''));
  writeFileSync(join(control, 'md5sums'), sums(root, shipped));
  for (const name of scripts) {
    copyFileSync(join(checkout, 'deploy/debian', name), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', root]);
  for (const path of shipped) {
    const file = join(root, path);
    // The loader needs no right to run what it maps.
    if (path.endsWith('.node')) chmodSync(file, 0o644);
  }
  mkdirSync(dirname(archive), { recursive: true });
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', root, archive], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What dpkg keeps as its administrator left it. */
const conffiles: readonly string[] = files
  .map(([, target]) => `/${target}`)
  .filter((target) => target.startsWith('/etc/'));

/** @param kibibytes of all files, as they are installed */
function controlFile(version: string, architecture: string, kibibytes: number): string {
  return `Package: berth
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 9), init-system-helpers (>= 1.52)
Recommends: containernetworking-plugins, logrotate
Suggests: bird2, etcd-server, iproute2, iputils-arping, ndisc6, kubernetes-client
Section: net
Priority: optional
Description: IP address management for Kubernetes and CNI runtimes
 Gives addresses to Pods and containers: from blocks that each node leases, or
 from pools that all nodes share; on one machine, on members of a cluster of
 its own, on etcd, or on the API server of a Kubernetes.
 .
 It has the daemon of a node, the controller, the CNI executables, and
 ipam-cli, which is kubectl's plugin "berth" as well.
`;
}

function install(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}

/** Nothing in it tells when it was made. */
function zipped(bytes: Buffer): Buffer {
  return gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
}

function zipPages(folder: string): void {
  for (const path of filesBelow(folder)) {
    const page = join(folder, path);
    if (path.endsWith('.gz')) continue;
    writeFileSync(`${page}.gz`, zipped(readFileSync(page)));
    rmSync(page);
  }
}

/** Names of one executable: dpkg-deb does not keep hard links. */
function link(folder: string, target: string, names: readonly string[]): void {
  for (const name of names) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(target, join(folder, name));
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function sums(root: string, paths: readonly string[]): string {
  return paths
    .filter((path) => lstatSync(join(root, path)).isFile() && !conffiles.includes(`/${path}`))
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(join(root, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');
}

/** Of the commit, so that the same commit makes the same package; RFC 5322. */
function date(): string {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}

const [root = '', archive = '', version = '', architecture = ''] = process.argv.slice(2);
if (architecture === '') throw new Error('usage: make-deb.ts ROOT ARCHIVE VERSION ARCHITECTURE');
makeDeb({ root, archive, version, architecture, compression: process.env.DEB_COMPRESSION ?? 'xz' });
process.stdout.write(`${archive}\n`);
