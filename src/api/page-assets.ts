import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

const files = [
  ['style', 'style.css', 'text/css; charset=utf-8'],
  ['script', 'page.js', 'text/javascript; charset=utf-8'],
  ['icon', 'icon.svg', 'image/svg+xml'],
] as const;

/** What pages load beside themselves, each at a path that changes with it: a browser may keep it for ever. */
export function pageAssets(): Readonly<Record<(typeof files)[number][0], Asset>> {
  const [style, script, icon] = files.map(([, name, contentType]): Asset => {
    // This module stays two folders deep, as the bundle is, so that both find web/.
    const body = readFileSync(new URL(`../../web/${name}`, import.meta.url));
    const version = createHash('sha256').update(body).digest('hex').slice(0, 12);
    return { path: `/assets/${version}/${name}`, contentType, body };
  }) as [Asset, Asset, Asset];
  return { style, script, icon };
}
