import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openMetrics, openMetricsType, prefersOpenMetrics } from '../telemetry/open-metrics.ts';

const compress = promisify(gzip);

/** The text of a scrape in one format, as bytes that all who ask share, however slowly they read. */
interface Text {
  readonly contentType: string;
  readonly body: Buffer;
  /** Made when it is first asked for, and once. */
  gzipped(): Promise<Buffer>;
}

/** A scrape. */
export interface Scraped {
  /** In the format that who asks would rather have: OpenMetrics or Prometheus'. @param accept of the request's `Accept` */
  for(accept: string | undefined): Text;
}

export function scraped({ contentType, body }: { readonly contentType: string; readonly body: string }): Scraped {
  const plain = textOf(contentType, body);
  let open: Text | undefined;
  return {
    for: (accept) => {
      if (!prefersOpenMetrics(accept)) return plain;
      open ??= textOf(openMetricsType, openMetrics(body));
      return open;
    },
  };
}

function textOf(contentType: string, body: string): Text {
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
