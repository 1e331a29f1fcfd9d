import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeImage } from './image-archive.ts';

/**
 * `make image`: turns what `make install` put into a folder into an image. What it adds comes from this machine: a shell
 * for the launchers, and the shared libraries that Node.js and its native modules ask for.
 * usage: make-image.ts ROOT ARCHIVE
 */
/** What a daemon that looks for conflicts asks the network by, and how each says which it is (src/platform/neighbours.ts). */
const neighbourTools = [
  ['arping', 'iputils'],
  ['ndisc6', 'ndisc6'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
] as const;

const [root = '', archive = ''] = process.argv.slice(2);
if (root === '' || archive === '') throw new Error('usage: make-image.ts ROOT ARCHIVE');

const shell = realpathSync('/bin/sh');
add(shell, '/bin/sh');
const native = files(root).filter((file) => file.endsWith('.node') && !file.includes('musl'));
const tools = neighbourTools.flatMap(toolOf);
for (const tool of tools) add(tool, join('/bin', basename(tool)));
for (const library of librariesOf([shell, join(root, 'usr/local/lib/berth/node'), ...native, ...tools]))
  add(library, library);

// ipam-controller runs as this user; a name for it makes `ps` readable.
write('etc/passwd', 'root:x:0:0:root:/:/bin/sh\nberth:x:65532:65532:berth:/:/bin/sh\n');
write('etc/group', 'root:x:0:\nberth:x:65532:\n');
write('etc/nsswitch.conf', 'hosts: files dns\n');
for (const folder of ['tmp', 'proc', 'sys', 'dev', 'run', 'var/lib', 'var/cache']) {
  mkdirSync(join(root, folder), { recursive: true });
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
const name = `berth:${version}`;
// Node.js and the libraries stay as they are for many versions of ours.
const changing = ['usr/local/lib/berth/build', 'usr/local/lib/berth/proto', 'usr/local/bin', 'usr/local/share', 'opt'];
writeImage(archive, { name, root, command: ['ipam-daemon'], env: { PATH: '/usr/local/bin:/bin' }, changing });
process.stdout.write(`${archive}: ${name}\n`);

/** Every file that the loader would map for these programs, by the paths where it looks for them. */
function librariesOf(programs: readonly string[]): readonly string[] {
  const text = execFileSync('ldd', [...programs], { encoding: 'utf8' });
  const missing = /^\s*(\S+) => not found/m.exec(text)?.[1];
  if (missing !== undefined) throw new Error(`this machine has no ${missing}`);
  return [...new Set([...text.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, path = '']) => path))];
}

/** The tool of this machine; none where it has none, or another of the name: the image is made all the same, and says so. */
function toolOf([name, mark]: readonly [name: string, mark: string]): readonly string[] {
  const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const path = folders.map((folder) => join(folder, name)).find((one) => existsSync(one));
  const said = path === undefined ? '' : spawnSync(path, ['-V'], { encoding: 'utf8' });
  if (path !== undefined && said !== '' && `${said.stdout}${said.stderr}`.toLowerCase().includes(mark)) return [path];
  process.stdout.write(`without ${name} of ${mark}: daemons of this image cannot look for conflicts\n`);
  return [];
}

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function add(source: string, target: string): void {
  mkdirSync(join(root, dirname(target)), { recursive: true });
  copyFileSync(source, join(root, target));
}

function write(path: string, text: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
