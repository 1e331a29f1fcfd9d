import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { IpamError } from '../resources/errors.ts';
import { parseManifest } from '../resources/manifest.ts';
import type { Resource } from '../resources/resource.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** @param path a file, a directory, or `-` @throws CliError, IpamError invalid-config */
export async function readManifests(path: string): Promise<readonly Resource[]> {
  if (path === '-') return parseManifest(await text(process.stdin), 'standard input');
  try {
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => ['.yaml', '.yml', '.json'].includes(extname(name)))
          .sort()
          .map((name) => join(path, name))
      : [path];
    return files.flatMap((file) => parseManifest(readFileSync(file, 'utf8'), file));
  } catch (error) {
    if (error instanceof IpamError) throw error;
    throw new CliError(`${path}: ${(error as Error).message}`, { code: 'usage', exit: exitCodes.usage });
  }
}
