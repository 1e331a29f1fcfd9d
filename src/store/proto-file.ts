import { fileURLToPath } from 'node:url';

/** Path of a file in proto/. This module stays two folders deep, as the bundle is, so that both find it. */
export function protoFile(name: string): string {
  return fileURLToPath(new URL(`../../proto/${name}`, import.meta.url));
}
