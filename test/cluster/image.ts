import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../kit/run.ts';
import { binaries } from './binaries.ts';

/** The image every node has: a shell with the usual tools. It is the sandbox image, too. */
export const busyboxImage = 'berth.test/busybox:1';

export interface ImageContents {
  /** As Pods name it, with a host and a tag: `berth.test/daemon:1`. */
  readonly name: string;
  /** Folder that becomes the root of its file system. */
  readonly root: string;
  /** What a container runs that says nothing else. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes a container image as an archive that ClusterNode.importImage() takes; no registry, no builder. */
export async function writeImage(file: string, { name, root, command, env = {} }: ImageContents): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'berth-image-'));
  try {
    const layer = join(work, 'layer.tar');
    await must('tar', [
      '--create',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--file',
      layer,
      '--directory',
      root,
      '.',
    ]);
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: command, Env: Object.entries(env).map(([key, value]) => `${key}=${value}`) },
      rootfs: {
        type: 'layers',
        diff_ids: [`sha256:${createHash('sha256').update(readFileSync(layer)).digest('hex')}`],
      },
    };
    writeFileSync(join(work, 'config.json'), JSON.stringify(config));
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    const parts = ['manifest.json', 'config.json', 'layer.tar'];
    await must('tar', ['--create', '--file', join(work, 'image.tar'), '--directory', work, ...parts]);
    cpSync(join(work, 'image.tar'), `${file}.new`);
    renameSync(`${file}.new`, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Puts a shell with the usual tools into a folder that is to become an image. */
export async function addBusybox(root: string): Promise<void> {
  for (const directory of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'var'])
    mkdirSync(join(root, directory), { recursive: true });
  const busybox = binaries().path('busybox');
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
  const tools = (await must(busybox, ['--list'])).split('\n').filter((tool) => tool !== '' && tool !== 'busybox');
  for (const tool of tools) symlinkSync('busybox', join(root, 'bin', tool));
}

/** Writes the image that every node has. */
export async function writeBusyboxImage(file: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'berth-image-root-'));
  try {
    await addBusybox(root);
    // The first process of a container gets no default handlers: without the trap it would not end when told to.
    const idle = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done';
    await writeImage(file, { name: busyboxImage, root, command: ['/bin/sh', '-c', idle], env: { PATH: '/bin' } });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
