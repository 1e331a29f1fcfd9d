import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptsGzip, scraped } from './scraped.ts';

describe('the text of a scrape', () => {
  it.each<[string | undefined, boolean]>([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['br;q=1.0, GZIP; Q=0.5', true],
    ['*', true],
    [undefined, false],
    ['', false],
    ['identity', false],
    ['gzip;q=0, *', false],
    ['gzip; q=0.000', false],
    ['gzip;q=bad', false],
  ])('is compressed for who says "%s": %s', (accepted, is) => expect(acceptsGzip(accepted)).toBe(is));

  it('is compressed once for all who ask', async () => {
    const text = scraped({ contentType: 'text/plain', body: 'ipam_x 1\n' }).for(undefined);
    const [one, other] = await Promise.all([text.gzipped(), text.gzipped()]);
    expect(one).toBe(other);
    expect(gunzipSync(one)).toEqual(text.body);
  });

  it('is in the format that is asked for, made once for each', async () => {
    const both = scraped({ contentType: 'text/plain', body: 'ipam_x 1\n' });
    const open = both.for('application/openmetrics-text;version=1.0.0');
    expect(open.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body.toString()).toBe('ipam_x 1\n# EOF\n');
    expect(both.for('application/openmetrics-text')).toBe(open);
    expect(both.for('text/plain')).toMatchObject({ contentType: 'text/plain', body: Buffer.from('ipam_x 1\n') });
  });
});
