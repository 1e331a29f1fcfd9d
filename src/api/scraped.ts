import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** The text of a scrape, as bytes that all who ask share, however slowly they read. */
export interface Scraped {
  readonly contentType: string;
  readonly body: Buffer;
  /** Made when it is first asked for, and once. */
  gzipped(): Promise<Buffer>;
}

export function scraped({ contentType, body }: { readonly contentType: string; readonly body: string }): Scraped {
  const bytes = Buffer.from(body);
  let gzipped: Promise<Buffer> | undefined;
  return {
    contentType,
    body: bytes,
    gzipped: () => {
      gzipped ??= compress(bytes);
      return gzipped;
    },
  };
}

/** May an answer be compressed with gzip? @param accepted of the request's `Accept-Encoding` (RFC 9110, 12.5.3) */
export function acceptsGzip(accepted: string | undefined): boolean {
  const codings = new Map(
    (accepted ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, quality === undefined ? 1 : Number(quality.slice(2))] as const;
    }),
  );
  return (codings.get('gzip') ?? codings.get('*') ?? 0) > 0;
}
