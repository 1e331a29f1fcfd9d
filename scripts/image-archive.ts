import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export interface ImageContents {
  /** As Pods name it, with a tag: `berth:0.1.0`. */
  readonly name: string;
  /** Folder that becomes the root of its file system. */
  readonly root: string;
  /** What a container runs that says nothing else. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Paths below the root that change with each version: a layer of their own, so that an upgrade fetches no more. */
  readonly changing?: readonly string[];
}

/**
 * Writes a container image as an archive that `ctr images import`, `docker load` and `podman load` take; no registry, no
 * builder. The same files give the same image, whenever it is made.
 */
export function writeImage(file: string, { name, root, command, env = {}, changing = [] }: ImageContents): void {
  const work = mkdtempSync(join(tmpdir(), 'berth-image-'));
  try {
    // Also whatever the umask was when the files were made: not everything in a container is root.
    const sameEverywhere = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u=rwX,go=rX',
    ];
    const lasting = changing.map((path) => `--exclude=./${path}`);
    const contents = [[...lasting, '.'], ...(changing.length === 0 ? [] : [changing.map((path) => `./${path}`)])];
    const layers = contents.map((paths, index) => {
      const layer = join(work, `layer-${index}.tar`);
      tar(...sameEverywhere, '--file', layer, '--directory', root, ...paths);
      return layer;
    });
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: command, Env: Object.entries(env).map(([key, value]) => `${key}=${value}`) },
      rootfs: {
        type: 'layers',
        diff_ids: layers.map((layer) => `sha256:${createHash('sha256').update(readFileSync(layer)).digest('hex')}`),
      },
    };
    writeFileSync(join(work, 'config.json'), JSON.stringify(config));
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: layers.map((layer) => basename(layer)) }];
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    tar(
      '--file',
      `${file}.new`,
      '--directory',
      work,
      'manifest.json',
      'config.json',
      ...layers.map((layer) => basename(layer)),
    );
    renameSync(`${file}.new`, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function tar(...args: readonly string[]): void {
  execFileSync('tar', ['--create', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
