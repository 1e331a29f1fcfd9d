import { performance } from 'node:perf_hooks';
import { Recent } from '../telemetry/recent.ts';

/** The text of a scrape as bytes that all who ask share, however slowly they read. */
export function recentText(
  scrape: () => Promise<{ readonly contentType: string; readonly body: string }>,
): Recent<{ readonly contentType: string; readonly body: Buffer }> {
  return new Recent(
    async () => {
      const { contentType, body } = await scrape();
      return { contentType, body: Buffer.from(body) };
    },
    () => performance.now(),
  );
}
