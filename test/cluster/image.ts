import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImage } from '../../scripts/image-archive.ts';
import { must } from '../kit/run.ts';
import { binaries } from './binaries.ts';

/** The image every node has: a shell with the usual tools. It is the sandbox image, too. */
export const busyboxImage = 'berth.test/busybox:1';

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
    writeImage(file, { name: busyboxImage, root, command: ['/bin/sh', '-c', idle], env: { PATH: '/bin' } });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
