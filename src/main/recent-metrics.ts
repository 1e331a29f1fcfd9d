import { performance } from 'node:perf_hooks';
import { type Scraped, scraped } from '../api/scraped.ts';
import { Recent } from '../telemetry/recent.ts';

/** A scrape that all who ask within a short time share. */
export function recentText(
  scrape: () => Promise<{ readonly contentType: string; readonly body: string }>,
): Recent<Scraped> {
  return new Recent(
    async () => scraped(await scrape()),
    () => performance.now(),
  );
}
